"""The options commands share, and how a command opens the workspace."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from duibiao.kernel.text import Language
from duibiao.workspace import Workspace

PacksOption = Annotated[
    Path | None, typer.Option("--packs", envvar="DUIBIAO_PACKS", help="数据包目录，默认 ./packs。Folder of the packs.")
]
LangOption = Annotated[Language, typer.Option("--lang", help="zh 或 en。Language of the output.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="参照日 YYYY-MM-DD，只采用当日已公布的数据。Reference day."),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="结果文件写入的目录。Folder the files are written to.")]
ExtraOption = Annotated[
    list[Path] | None,
    typer.Option("--observations", help="另外的数据文件（列同 observations.csv）。Further values, same columns."),
]

ComputedOption = Annotated[
    Path | None, typer.Option("--data", help="数据目录：另列由报表计算的区县值。Folder of reported data.")
]


class UsageError(typer.BadParameter):
    """A word of the command line that cannot be understood."""


def packs_folder(packs: Path | None) -> Path:
    """The packs named on the command line, else those in the current folder or beside the source code."""
    beside = Path(__file__).resolve().parents[3] / "packs"
    return packs or (Path("packs") if Path("packs").is_dir() or not beside.is_dir() else beside)


def open_workspace(packs: Path | None, extra: list[Path] | None = None) -> Workspace:
    """Open the packs (see ``packs_folder``)."""
    return Workspace.open(packs_folder(packs), extra_observations=extra or ())


def reference_day(workspace: Workspace, as_of: str | None) -> date:
    """The day asked for, or the pack's own."""
    if as_of is None:
        return workspace.reference_date
    try:
        return date.fromisoformat(as_of)
    except ValueError as error:
        raise UsageError(f"“{as_of}”不是日期，写作 2025-12-31。Not a date: write 2025-12-31.") from error
