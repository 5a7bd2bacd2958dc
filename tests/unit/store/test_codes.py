"""Every problem code of the store is produced by a test of the store from a really bad input."""

import re
from pathlib import Path

from duibiao.kernel.problem import catalogue

HERE = Path(__file__).parent
PREFIXES = ("SNAPSHOT-", "STORE-", "REPORT-", "ACCESS-", "ISSUE-")


def test_every_code_of_the_store_is_named_by_a_test_that_expects_it() -> None:
    tests = [*HERE.glob("test_*.py"), HERE.parents[1] / "web" / "test_issues.py"]  # some are told by forms alone
    texts = "".join(path.read_text("utf-8") for path in tests if path.name != Path(__file__).name)
    named = set(re.findall(r'"((?:SNAPSHOT|STORE|REPORT|ACCESS|ISSUE)-[A-Z-]+)"', texts))
    assert {code for code in catalogue() if code.startswith(PREFIXES)} - named == set()
