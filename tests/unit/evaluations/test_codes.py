"""Every problem of evaluations is produced by a test of this room or of its pages."""

from pathlib import Path

from duibiao.kernel.problem import catalogue

HERE = Path(__file__).resolve().parent
OURS = ("EVALUATION-", "ADDENDUM-", "TASK-REPORT-")
WEB = HERE.parents[1] / "web" / "test_evaluations.py"


def test_every_code_of_evaluations_is_produced_by_a_test() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in (*HERE.glob("test_*.py"), WEB))
    codes = [code for code in catalogue() if code.startswith(OURS)]
    assert len(codes) > 20
    assert [code for code in codes if f'"{code}"' not in said] == []
