"""The libraries of others are the ones they are said to be, whole, and call nobody."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "src" / "duibiao" / "web" / "static"
KNOWN = {
    "echarts-6.1.0.js": "b1efa872371156ba4475ad6e6adcd3bcd1a981494fc699636acc5f831afe4b1f",
    "htmx-2.0.11.js": "27d62e9af6ef0436973e22a6f105658c16f3716e77a60bd05ba47b0205ff590a",
}


def test_the_vendored_files_are_unchanged() -> None:
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (STATIC / "vendor").glob("*.js")}
    assert found == KNOWN


def test_nothing_that_reaches_a_browser_names_an_outside_address() -> None:
    files = [file for file in STATIC.rglob("*") if file.suffix in {".js", ".css", ".svg"}]
    assert len(files) >= 5, "the static files were not found"
    for file in files:
        hosts = set(re.findall(r"https?://([\w.\-]+)", file.read_text(encoding="utf-8")))
        assert hosts <= {"www.w3.org"}, file.name
