"""The documentation says what the program does: every command, option, problem code, column and threshold."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from duibiao.cli.main import app
from duibiao.kernel.problem import catalogue
from duibiao.metrics import observation, unit
from duibiao.plan.load import CLAUSE_LISTS
from duibiao.plan.model import Amendment, Target
from duibiao.progress.policy import Policy
from duibiao.progress.status import LOOKS
from duibiao.reports.cells import COLUMNS as MONITOR_COLUMNS
from duibiao.sources.citation import SourceKind
from duibiao.views.export import COLUMNS as EXPORT_COLUMNS
from duibiao.views.monitor import MonitorPage
from duibiao.views.rows import MonitorRow

ROOT = Path(__file__).resolve().parents[2]
DOCS, PACKS = ROOT / "docs", ROOT / "packs"
NEEDS_DOCUMENTS = ("duibiao archive", "duibiao cite", "duibiao extract", "duibiao review")
COMMON = ("--packs", "--lang", "--as-of", "--observations", "--out")


def page(name: str) -> str:
    """The text of one page of the documentation."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section '{heading}'"
    return found[1]


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words a person types for it."""
    pending: list[tuple[str, Any]] = [("duibiao", typer.main.get_command(app))]
    while pending:
        name, command = pending.pop()
        if hasattr(command, "commands"):
            pending += [(f"{name} {word}", inner) for word, inner in command.commands.items()]
        else:
            yield name, command


def examples() -> list[str]:
    """Every command line that docs/cli.md shows with its output."""
    return re.findall(r"^\$ (duibiao .*)$", page("cli"), re.MULTILINE)


def generator() -> Any:
    """The script that writes the generated tables."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_has_its_section_with_an_example() -> None:
    text, found = page("cli"), dict(commands())
    assert len(found) > 8, "the commands were not found"
    for name in found:
        assert f"\n$ {name}" in section(text, name), f"{name} has no example"


def test_every_option_and_choice_of_a_command_stands_in_its_section() -> None:
    text = page("cli")
    for name, command in commands():
        about = section(text, name)
        for parameter in command.params:
            for option in parameter.opts:
                if not option.startswith("--") or option == "--help":
                    continue
                assert option in about, f"{name} {option}"
                choices = getattr(parameter.type_descriptor.annotation, "__members__", {}).values()
                if option not in COMMON:
                    assert [choice for choice in choices if choice not in about] == [], f"{name} {option}"


def test_the_choices_of_an_option_are_found() -> None:
    export = dict(commands())["duibiao plan export"]
    what = next(parameter for parameter in export.params if parameter.name == "what")
    assert "links" in what.type_descriptor.annotation.__members__.values()


def test_the_page_of_commands_names_no_option_that_does_not_exist() -> None:
    known = {option for _, command in commands() for parameter in command.params for option in parameter.opts}
    top: Any = typer.main.get_command(app)
    known |= {option for parameter in top.commands["data"].params for option in parameter.opts}
    known |= {option for _, one in commands() for parameter in one.params for option in parameter.secondary_opts}
    named = set(re.findall(r"`(--[a-z-]+)", page("cli")))
    assert named - known - {"--help"} == set()


NEEDS_DATA = (
    "duibiao data ",
    "duibiao accounts ",
    "duibiao compute ",
    "duibiao issues ",
    "duibiao evaluate show",
    "duibiao evaluate verify",
    "duibiao evaluate addendum",
    "duibiao report write",
    "duibiao rehearse",
    "duibiao explain preschool.inclusive_coverage --data",
)
"""Steps that build on each other, or on a whole city: test_data_commands.py, test_account_commands.py and
test_rehearsal.py walk them."""


@pytest.mark.parametrize("line", [line for line in examples() if line.startswith(NEEDS_DATA)])
def test_every_example_that_needs_data_is_a_command_line_that_can_be_read(line: str) -> None:
    done = CliRunner().invoke(app, [*shlex.split(line)[1:], "--help"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("line", [one for one in examples() if not one.startswith((*NEEDS_DOCUMENTS, *NEEDS_DATA))])
def test_every_example_of_the_page_of_commands_runs(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUIBIAO_PACKS", str(PACKS))
    columns = ",".join(observation.COLUMNS)
    mine = "basic.myopia_rate,500000,2024,48.9,%,=,,2025-06-01,cqgov-2025-03-21,测试,,,,simulated,测试数据"
    (tmp_path / "mine.csv").write_text(f"{columns}\n{mine}\n", encoding="utf-8")
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    assert done.exit_code == 0, done.exception


def test_every_problem_code_stands_on_its_page_with_its_present_text() -> None:
    text = page("problems")
    for code, entry in catalogue().items():
        rows = [row for row in text.splitlines() if row.startswith(f"| `{code}` ")]
        assert len(rows) == 1, code
        for words in (*entry["message"].values(), *entry["remedy"].values()):
            assert words.replace("|", "\\|") in rows[0], code


def test_no_page_names_a_problem_code_that_does_not_exist() -> None:
    stems = "|".join(sorted({code.split("-")[0] for code in catalogue()}))
    for file in DOCS.glob("*.md"):
        named = set(re.findall(rf"`((?:{stems})-[A-Z-]+[A-Z])`", file.read_text(encoding="utf-8")))
        assert named - set(catalogue()) == set(), file.name


def test_every_column_of_every_file_is_explained() -> None:
    text = page("export")
    for what, columns in EXPORT_COLUMNS.items():
        about = section(text, f"duibiao plan export --what {what}")
        assert [name for name in columns if f"| `{name}` |" not in about] == [], what
    about = section(text, "monitor.csv and monitor.xlsx")
    assert [column.name for column in MONITOR_COLUMNS if f"| `{column.name}` |" not in about] == []


def test_every_field_of_the_monitor_in_json_is_explained() -> None:
    about = section(page("export"), "monitor.json")
    named = set(re.findall(r"[a-z_]+", about))
    assert {one.name for kind in (MonitorPage, MonitorRow) for one in fields(kind)} - named == set()


def test_every_threshold_and_status_is_explained() -> None:
    text = page("methods")
    thresholds = section(text, "Thresholds 阈值")
    assert [one.name for one in fields(Policy) if f"| `{one.name}` |" not in thresholds] == []
    statuses = section(text, "Status 状态")
    assert [
        look.word.zh
        for status, look in LOOKS.items()
        if f"| `{status}` {look.glyph} | {look.word.zh} |" not in statuses
    ] == []


def test_the_shipped_thresholds_are_the_ones_the_page_states() -> None:
    about = section(page("methods"), "Thresholds 阈值")
    shipped = dict(re.findall(r"^([a-z_]+): (.+)$", (PACKS / "china/progress.yaml").read_text(encoding="utf-8"), re.M))
    for name, value in shipped.items():
        row = next(row for row in about.splitlines() if row.startswith(f"| `{name}` |"))
        assert value.strip("[]") in row.replace("`", ""), name


def test_the_contract_has_all_its_rules() -> None:
    about = section(page("methods"), "The contract 边界约定")
    assert re.findall(r"^\*\*(\d+)\. ", about, re.MULTILINE) == [str(number) for number in range(1, 16)]


def test_every_field_of_a_pack_file_is_explained() -> None:
    text = page("packs")
    told = {name for field in re.findall(r"`([^`\n]+)`", text) for name in re.findall(r"[a-z_0-9]+", field)}
    told |= set(re.findall(r"^(?:- )?\s*([a-z_]+):", text, re.MULTILINE))
    typed = {one.name for one in fields(Target)} - {"plan", "citation"}
    typed |= {one.name for one in fields(Amendment)} - {"citation"}
    typed |= {*CLAUSE_LISTS, *SourceKind, *observation.COLUMNS, *unit.COLUMNS}
    assert typed - told == set()


def test_every_yaml_key_and_csv_column_of_the_packs_is_explained() -> None:
    text = page("packs")
    keys: set[str] = set()
    for file in PACKS.rglob("*.yaml"):
        keys |= set(re.findall(r"^\s*(?:- )?'?([a-z_]+)'?:", file.read_text(encoding="utf-8"), re.MULTILINE))
    for file in PACKS.rglob("*.csv"):
        keys |= set(file.read_text(encoding="utf-8").splitlines()[0].split(","))
    assert len(keys) > 50, "the packs were not found"
    assert {key for key in keys if not re.search(rf"(?<![a-z_]){key}(?![a-z_])", text)} == set()


def test_the_generated_tables_are_up_to_date() -> None:
    make = generator()
    used = set()
    for file in sorted(DOCS.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        used |= {found["name"] for found in make.BLOCK.finditer(text)}
        assert make.rewritten(text) == text, f"run docs/generate.py: {file.name} is out of date"
    assert used == set(make.TABLES)


def test_every_link_between_pages_leads_somewhere() -> None:
    for file in DOCS.glob("*.md"):
        text = file.read_text(encoding="utf-8")
        for target, anchor in re.findall(r"\]\(([\w./-]*)(?:#([^)]+))?\)", text):
            other = (file.parent / target) if target else file
            assert other.exists(), f"{file.name}: {target}"
            if anchor:
                assert anchor in anchors(other), f"{file.name}: {target}#{anchor}"


def anchors(file: Path) -> set[str]:
    """The anchors of the headings of a page, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_no_page_holds_a_path_of_a_machine_or_the_address_of_a_registry() -> None:
    for file in [*DOCS.glob("*.md"), ROOT / "GLOSSARY.yaml"]:
        text = file.read_text(encoding="utf-8")
        assert re.findall(r"(?<![\w.])/(?:home|work|root|tmp|Users|mnt)/", text) == [], file.name
        assert re.findall(r"https?://", text) == [], file.name
