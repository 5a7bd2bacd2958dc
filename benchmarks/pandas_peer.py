"""The same 150 indicators in pandas, run by an interpreter that has it: ``python pandas_peer.py FOLDER FILE...``.

Written as an analyst would: year by year, one groupby over all derived columns, then the ratios. Prints wall and CPU
seconds as JSON, imports not counted. pandas is no dependency of duibiao; this file imports nothing of it.
"""

import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:  # noqa: C901  one branch a kind of indicator
    """Compute and print the time."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # type: ignore[import-untyped]  # noqa: PLC0415

    folder, files = Path(sys.argv[1]), sys.argv[2:]
    specs = json.loads((folder / "specs.json").read_text(encoding="utf-8"))
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    names = sorted({name for spec in specs for part in ("top", "bottom", "pair") for name in spec.get(part, ())}
                   | {spec["element"] for spec in specs if "element" in spec})  # fmt: skip
    pieces = []
    for file in files:
        frame = pd.read_parquet(file).astype(dict.fromkeys(names, "float64"))
        derived = {name: frame[name] for name in names}
        for number, spec in enumerate(specs):
            if "kind" in spec:
                inside = frame["school_kind"] == spec["kind"]
                derived[f"t{number}"] = frame[spec["top"][0]].where(inside)
                derived[f"b{number}"] = frame[spec["bottom"][0]].where(inside)
            elif spec["type"] == "share":
                quotient = frame[spec["pair"][0]] / frame[spec["pair"][1]].replace(0, np.nan)
                derived[f"k{number}"] = quotient.notna().astype("float64")
                derived[f"m{number}"] = (quotient >= float(spec["least"])).astype("float64")
            elif spec["type"] == "variation":
                x, pupils = frame[spec["pair"][0]], frame[spec["pair"][1]]
                both = x.notna() & pupils.notna() & (pupils > 0)
                derived[f"x{number}"], derived[f"p{number}"] = x.where(both), pupils.where(both)
                derived[f"s{number}"] = (x * x / pupils).where(both)
        table = pd.DataFrame(derived)
        pieces.append(table.groupby(frame["district"]).sum(min_count=1))
        pieces[-1]["year"] = int(Path(file).stem.rsplit("-", 1)[1])
    district = pd.concat(pieces).set_index("year", append=True).sort_index()
    nation = district.groupby(level="year").sum(min_count=1)
    nation.index = pd.MultiIndex.from_product([["000000"], nation.index])
    states = pd.concat([district, nation])
    result = {}
    for number, spec in enumerate(specs):
        if "kind" in spec:
            result[number] = states[f"t{number}"] / states[f"b{number}"]
        elif spec["type"] == "ratio":
            result[number] = states[spec["top"]].sum(axis=1, skipna=False) / states[spec["bottom"]].sum(
                axis=1, skipna=False
            )
        elif spec["type"] == "share":
            result[number] = states[f"m{number}"] / states[f"k{number}"]
        elif spec["type"] == "variation":
            mean = states[f"x{number}"] / states[f"p{number}"]
            result[number] = np.sqrt(states[f"s{number}"] / states[f"p{number}"] - mean * mean) / mean
        elif spec["type"] == "cumulative":
            result[number] = states[spec["element"]].groupby(level=0).cumsum()
        else:
            result[number] = states[spec["element"]].groupby(level=0).diff(5)
    values = pd.DataFrame(result)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    wall, last = time.perf_counter() - start, values.loc["000000"].iloc[-1].round(9).tolist()
    print(json.dumps({"wall": wall, "cpu": cpu, "rows": len(values), "mb": after.ru_maxrss / 1024, "first": last}))


if __name__ == "__main__":
    main()
