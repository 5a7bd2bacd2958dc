"""The house stays small and tidy: short files, short functions, content that is data, two commands."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SRC, PACKS = ROOT / "src", ROOT / "packs"
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
DATA = {".yaml", ".csv"}


def test_every_file_of_the_engine_stays_short() -> None:
    files = sorted(SRC.rglob("*.py"))
    assert len(files) > 20, "the engine was not found"
    lengths = {str(file.relative_to(SRC)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: lines for name, lines in lengths.items() if lines >= LONGEST_FILE} == {}


def test_every_function_of_the_engine_stays_short() -> None:
    found = {}
    for file in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines >= LONGEST_FUNCTION:
                    found[f"{file.relative_to(SRC)} {node.name}"] = lines
    assert found == {}


def test_the_content_is_data_and_nothing_else() -> None:
    files = [file for file in PACKS.rglob("*") if file.is_file()]
    assert files, "the packs were not found"
    assert [str(file.relative_to(PACKS)) for file in files if file.suffix not in DATA] == []
    assert [str(file.relative_to(PACKS)) for file in files if file.stat().st_mode & 0o111] == []


def test_no_yaml_of_the_packs_asks_the_reader_to_build_an_object() -> None:
    for file in sorted(PACKS.rglob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?:^|[\s\[{,])!!?\w", text), file.name
        assert isinstance(yaml.safe_load(text), dict), file.name


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_both_commands(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text


def test_the_lock_holds_versions_and_hashes_and_no_address() -> None:
    files = sorted(ROOT.glob("requirements*.txt"))
    assert len(files) == 2, "the lock was not found"
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "://" not in text, file.name
        assert not re.search(r"^\s*--(?:index|extra-index|find-links|trusted)", text, re.MULTILINE), file.name
        pinned = re.findall(r"^[A-Za-z][\w.\-\[\]]*==\S+", text, re.MULTILINE)
        assert pinned, file.name
        assert text.count("--hash=sha256:") >= len(pinned), file.name
