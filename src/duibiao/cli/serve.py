"""``duibiao serve``: the cockpit on this machine or for a city."""

import logging
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from duibiao.cli.options import PacksOption, UsageError, packs_folder
from duibiao.views.districts import SIMULATED
from duibiao.web.app import create_app
from duibiao.web.cockpit import Cockpit
from duibiao.web.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve_(  # noqa: PLR0913, PLR0917  a command line has as many options as its users need
    data: Annotated[Path | None, typer.Option("--data", help="数据目录。Folder of reported data.")] = None,
    host: Annotated[str, typer.Option("--host", help="监听地址，默认只供本机。Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口。Port.")] = 8158,
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
    check: Annotated[bool, typer.Option("--check", help="只检查能否启动。Only say whether it could start.")] = False,
    packs: PacksOption = None,
) -> None:
    """驾驶舱：在浏览器中看规划、指标、单位和数据，不访问外网。The cockpit in the browser, on a closed network."""
    settings = Settings(
        packs=packs_folder(packs),
        archive=archive,
        data=data,
        database=database,
        host=host,
        port=port,
        open_reading=host in LOOPBACK if open_reading is None else open_reading,
        https=https,
    )
    if workers > 1 and not database:
        raise UsageError("多个工作进程需要 PostgreSQL（--database）。Several workers need PostgreSQL (--database).")
    if check:
        edition = Cockpit(settings).edition
        snapshot = edition.snapshot
        mark = f" {SIMULATED.zh}" if snapshot and snapshot.simulated else ""
        told = f" · 快照 snapshot {snapshot.id}{mark}" if snapshot else ""
        typer.echo(f"可以启动 ready: {len(edition.workspace.content.plans.by_code)} 项规划 plans{told}")
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    typer.echo(f"对标驾驶舱 cockpit: http://{host}:{port}/   （按 Ctrl+C 停止，Ctrl+C to stop）")
    if workers == 1:
        uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", server_header=False)
        return
    settings.to_environment()
    uvicorn.run(
        "duibiao.web.app:from_environment", factory=True, host=host, port=port, workers=workers,
        log_level="warning", server_header=False,
    )  # fmt: skip
