"""How ``tests/data/snapshot_format_1`` was made, once: it must never be made again, old snapshots stay readable."""

import sys
from pathlib import Path

import pyarrow as pa

from duibiao.store.layout import FLAGS
from duibiao.store.snapshot_writing import write_snapshot
from tests.unit.store.examples import ELEMENTS, LIBRARY, NOON, SCHOOL, UNITS, school_rows, wide


def main(folder: Path) -> None:
    flag = {"year": 2024, "form": "school", "unit": "S1", "element": "", "flag": "simulated", "note": "模拟数据"}
    write_snapshot(
        folder,
        tables={
            ("school", 2023): school_rows(),
            ("school", 2024): school_rows(),
            ("library", 2024): wide(LIBRARY, {"S1": {"books": 7, "pupils": 300}}),
        },
        forms=[SCHOOL, LIBRARY],
        elements=ELEMENTS,
        units=UNITS,
        flags=pa.Table.from_pylist([flag], schema=FLAGS),
        title="模拟数据：格式 1 的样本",
        created_by="测试员",
        created_at=NOON,
        simulated=True,
        definitions={"test.share": "2024"},
        packs={"test": "0" * 64},
        previous=None,
    )
    (folder / ".lock").unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
