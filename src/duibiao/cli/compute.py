"""``duibiao compute``, ``simulate`` and ``rehearse``: figures from a snapshot, and a city to try it all on."""

from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.desk import DEFAULT, DataOption
from duibiao.cli.options import LangOption, PacksOption, open_workspace
from duibiao.cli.show import Printer
from duibiao.kernel.text import Language
from duibiao.simulate import simulate_city, write_city
from duibiao.simulate.city import FAULTS_OF_A_KIND
from duibiao.simulate.writing import FAULTS
from duibiao.workspace.data_folder import DataFolder, asked_later, definition_versions, pack_hashes
from duibiao.workspace.rehearsal import RehearsalStep, rehearse

SeedOption = Annotated[int, typer.Option("--seed", help="随机种子，同一种子得同一城市。Same seed, same city.")]
SchoolsOption = Annotated[
    int | None,
    typer.Option("--schools", help="约多少所学校，默认按公布数。About how many schools; default as published."),
]
YearsOption = Annotated[int, typer.Option("--years", help="年数。How many years.")]
FolderOption = Annotated[Path, typer.Option("--out", help="写入的目录，只放模拟数据。Folder, for simulated data only.")]
SIMULATED = Path("out/simulated")


def compute_(
    data: DataOption = DEFAULT,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="快照编号，默认当前快照。Snapshot; by default the one in force.")
    ] = None,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """计算：由一份快照算出全部指标，各单位各年，连同来历。Every indicator of every unit and year."""
    content = open_workspace(packs).content
    folder = DataFolder(data)
    found = folder.snapshot(snapshot)
    result = folder.result(content, found)
    path = folder.results / result.record.run_id
    printer = Printer(lang)
    mark = printer.t("（模拟数据）", " (simulated data)") if found.simulated else ""
    printer.line(
        printer.t(
            f"快照 {found.id}{mark}：{len(result.figures)}项指标，{len(result.groups.codes)}个单位，"
            f"{result.years[0]}—{result.years[-1]}年。结果：{path}",
            f"snapshot {found.id}{mark}: {len(result.figures)} indicators, {len(result.groups.codes)} units, "
            f"{result.years[0]}–{result.years[-1]}. Result: {path}",
        )
    )
    for form, codes in asked_later(result.compiled, found).items():
        names = [content.elements[code].label for code in codes]
        printer.line(
            printer.t(
                f"报表“{content.forms[form].label.zh}”在这份快照发布之后才问：{'、'.join(name.zh for name in names)}；"
                "用到它们的指标在这份快照里缺数",
                f"asked since this snapshot was published, in '{content.forms[form].label.en}': "
                f"{', '.join(name.en for name in names)}; indicators that read them are missing in it",
            )
        )


def simulate_(
    out: FolderOption = SIMULATED,
    seed: SeedOption = 2026,
    schools: SchoolsOption = None,
    years: YearsOption = 10,
    faults: Annotated[
        int,
        typer.Option(
            "--faults",
            min=0,
            help="末年每张报表每类埋设的差错数，0 为不埋。Faults of a kind in each form of the last year.",
        ),
    ] = FAULTS_OF_A_KIND,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """模拟：造一座自洽的城市（模拟数据），写成快照，并列出埋设的差错。A coherent simulated city, as a snapshot."""
    content = open_workspace(packs).content
    city = simulate_city(content, seed, schools, years, faults=faults)
    snapshot = write_city(city, out, definitions=definition_versions(content), packs=pack_hashes(content))
    counts = f"{len(city.units)} 个单位 units，{len(city.faults)} 处埋设差错 faults"
    printer = Printer(lang)
    printer.line(f"模拟数据 simulated: {snapshot.folder}（{counts}）")
    if city.faults:
        last = city.years[-1]
        printer.line(
            printer.t(
                f"{last}年的报表含埋设差错（清单 {out / FAULTS}），该年指标值因此失真；不要差错请用 --faults 0",
                f"the returns of {last} hold the planted faults ({out / FAULTS}), and its figures show it; "
                "--faults 0 plants none",
            )
        )


def rehearse_(
    out: FolderOption = SIMULATED,
    seed: SeedOption = 2026,
    schools: SchoolsOption = None,
    years: YearsOption = 10,
    packs: PacksOption = None,
    lang: LangOption = Language.ZH,
) -> None:
    """演练：在模拟城市上走完一轮报送——模板、交报、标色退回、更正、签字、审核、发布、计算。A whole round, simulated."""
    content = open_workspace(packs).content
    printer = Printer(lang)

    def tell(step: RehearsalStep) -> None:
        printer.line(f"  {printer.said(step.title)}：{printer.said(step.outcome)}")
        for path in step.files:
            printer.line(f"      [dim]{path}[/]")

    heading = printer.t("一轮报送的演练", "A rehearsal of reporting")
    printer.line(f"\n[bold]{heading}[/]  [black on yellow] {printer.t('模拟数据', 'simulated data')} [/]")
    found = rehearse(content, out, seed=seed, schools=schools, years=years, tell=tell)
    found.data.result(content, found.snapshot)
