"""``duibiao serve``: the cockpit on this machine or for a city."""

from pathlib import Path
from typing import Annotated

import typer

from duibiao.cli.options import PacksOption, UsageError, packs_folder
from duibiao.web.settings import DEFAULT_PORT, Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve_(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    data: Annotated[Path | None, typer.Option("--data", help="数据目录。Folder of reported data.")] = None,
    host: Annotated[str, typer.Option("--host", help="监听地址，默认只供本机。Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="端口，默认8158或其后第一个空闲的。Port.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="工作进程数。Worker processes.")] = 1,
    database: Annotated[
        str, typer.Option("--database", envvar="DUIBIAO_DATABASE", help="PostgreSQL 地址。URL of PostgreSQL.")
    ] = "",
    archive: Annotated[Path | None, typer.Option("--archive", help="原文归档目录。Folder of the archive.")] = None,
    open_reading: Annotated[
        bool | None,
        typer.Option(
            "--open-reading/--no-open-reading",
            help="已发布数据是否免登录可读，默认仅本机可读。No account to read.",
        ),
    ] = None,
    https: Annotated[bool, typer.Option("--https", help="经 HTTPS 代理对外服务。Behind a proxy with HTTPS.")] = False,
    demo_accounts: Annotated[
        bool, typer.Option("--demo-accounts", help="每个角色建一个演示账号，只限模拟数据。An account for each role.")
    ] = False,
    single_sign_on: Annotated[
        Path | None, typer.Option("--single-sign-on", help="统一身份认证的设置文件。Settings of a provider.")
    ] = None,
    evaluations: Annotated[
        Path | None, typer.Option("--evaluations", help="评估目录，默认数据目录内。Folder of the evaluations.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="只检查能否启动。Only say whether it could start.")] = False,
    stop_when_idle: Annotated[
        int | None,
        typer.Option("--stop-when-idle", min=1, metavar="MINUTES", help="无人访问若干分钟后停止。Stop when unused."),
    ] = None,
    packs: PacksOption = None,
) -> None:
    """驾驶舱：在浏览器中看规划、指标、单位和数据，不访问外网。The cockpit in the browser, on a closed network."""
    settings = Settings(
        packs=packs_folder(packs),
        archive=archive,
        data=data,
        database=database,
        host=host,
        port=DEFAULT_PORT if port is None else port,
        open_reading=host in LOOPBACK if open_reading is None else open_reading,
        https=https,
        workers=workers,
        single_sign_on=single_sign_on,
        evaluations=evaluations,
    )
    if workers > 1 and not database:
        raise UsageError("多个工作进程需要 PostgreSQL（--database）。Several workers need PostgreSQL (--database).")
    from duibiao.cli import serving  # noqa: PLC0415  the whole web: no other command waits for it to be loaded

    if check:
        serving.check(settings)
    else:
        serving.serve(settings, port, demo_accounts=demo_accounts, stop_when_idle=stop_when_idle)
