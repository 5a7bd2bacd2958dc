"""Who acts, on which data folder: the options every ``duibiao data`` command shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.options import LangOption, PacksOption, UsageError, open_workspace
from duibiao.cli.show import Printer
from duibiao.intake.submit import ReportingPlan
from duibiao.kernel.text import Language
from duibiao.store.model import ReportState
from duibiao.store.store import Store
from duibiao.store.workflow import Actor, ActorRole, ReportStatus
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder
from duibiao.workspace.pack import Content

DataOption = Annotated[
    Path, typer.Option("--data", envvar="DUIBIAO_DATA", help="数据目录，默认 ./data。Folder of the reported data.")
]
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="DUIBIAO_DATABASE",
        show_default=False,
        help="PostgreSQL 地址，默认用数据目录中的 SQLite。URL of a PostgreSQL data base instead of SQLite.",
    ),
]
DEFAULT = Path("data")


@dataclass(frozen=True, slots=True)
class ReportingDesk:
    """The desk a command is given at (办理台): data folder, packs, language, and who sits there."""

    folder: DataFolder
    workspace: Workspace
    printer: Printer
    by: str
    of: str
    role: ActorRole | None

    @property
    def content(self) -> Content:
        """What the packs hold."""
        return self.workspace.content

    def actor(self, natural: ActorRole) -> Actor:
        """Who acts: in the role of the command unless another was named. Raises UsageError for nobody."""
        if not self.by or not self.of:
            raise UsageError(
                "请写明操作人和单位：duibiao data --by 姓名 --of 单位代码 …。Say who acts: --by NAME --of UNIT."
            )
        return Actor(self.by, self.of, self.role or natural)


def desk(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    context: typer.Context,
    data: DataOption = DEFAULT,
    database: DatabaseOption = "",
    by: Annotated[str, typer.Option("--by", envvar="DUIBIAO_BY", help="操作人姓名。Who acts.")] = "",
    of: Annotated[
        str, typer.Option("--of", metavar="UNIT", envvar="DUIBIAO_OF", help="操作人的单位代码。The unit they act for.")
    ] = "",
    role: Annotated[
        ActorRole | None, typer.Option("--role", help="角色，默认按命令。Their role; by default that of the command.")
    ] = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """数据：布置、模板、填报、审核、签字、发布，以及每个值的来历。The round of reporting."""
    if context.invoked_subcommand is None:
        return
    context.obj = ReportingDesk(DataFolder(data, database), open_workspace(packs), Printer(lang), by, of, role)


def chosen(
    store: Store, actor: Actor, plan: ReportingPlan, units: Sequence[str] | None, *statuses: ReportStatus
) -> Sequence[ReportState]:
    """The returns a command speaks of: those of the named units, else all below the actor's unit in some statuses."""
    if units:
        return [store.report(actor, plan.form.code, unit, plan.period) for unit in units]
    return store.reports(actor, plan.form.code, plan.period, statuses=statuses or None)


def day(text: str) -> date:
    """A day of the command line; raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"“{text}”不是日期，写作 2025-12-31。Not a date: write 2025-12-31.") from error
