"""T16: a formula is parsed, never executed. No file of the engine evaluates text or hides every error."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
RUNS_TEXT = frozenset({"eval", "exec", "compile", "__import__"})


def faults(source: str) -> list[str]:
    """The places of a file that run text as code, or catch everything."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) if name in RUNS_TEXT:
                found.append(f"{node.lineno}: {name}")
            case ast.Attribute(value=ast.Name(id="builtins"), attr=name) if name in RUNS_TEXT:
                found.append(f"{node.lineno}: builtins.{name}")
            case ast.ImportFrom(module="builtins"):
                found.append(f"{node.lineno}: import from builtins")
            case ast.ExceptHandler(type=None):
                found.append(f"{node.lineno}: bare except")
    return found


def test_t16_no_file_of_the_engine_runs_text_as_code_or_catches_everything() -> None:
    files = sorted(SRC.rglob("*.py"))
    assert len(files) > 20, "the engine was not found"
    found = {str(file.relative_to(SRC)): faults(file.read_text(encoding="utf-8")) for file in files}
    assert {file: places for file, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "source",
    [
        "eval('1+1')",
        "exec('x = 1')",
        "compile('1', '', 'eval')",
        "list(map(eval, ['1']))",
        "import builtins\nbuiltins.eval('1')",
        "from builtins import eval as harmless",
        "__import__('os')",
        "try:\n    pass\nexcept:\n    pass",
    ],
)
def test_t16_the_search_itself_finds_what_it_looks_for(source: str) -> None:
    assert faults(source)


def test_t16_a_compiled_pattern_is_no_fault() -> None:
    assert faults("import re\nre.compile('a')\ntry:\n    pass\nexcept ValueError:\n    pass") == []
