"""Every problem code of accounts is produced by a test from a really bad input."""

import re
from pathlib import Path

from duibiao.kernel.problem import catalogue

ROOT = Path(__file__).resolve().parents[4]
PLACES = (Path(__file__).parent, ROOT / "tests" / "web", ROOT / "tests" / "unit" / "cli")
PREFIXES = ("ACCOUNT-", "PASSWORD-", "LOGIN-", "TOKEN-")


def test_every_code_of_accounts_is_named_by_a_test_that_expects_it() -> None:
    files = [path for place in PLACES for path in place.rglob("test_*.py") if path.name != Path(__file__).name]
    texts = "".join(path.read_text("utf-8") for path in files)
    named = set(re.findall(r'"((?:ACCOUNT|PASSWORD|LOGIN|TOKEN)-[A-Z-]+)"', texts))
    assert {code for code in catalogue() if code.startswith(PREFIXES)} - named == set()
