"""How the cockpit is served: what ``duibiao serve`` does once its options are read.

A module of its own, because it brings the whole web with it: every other command starts for two fifths less without.
"""

import logging
import socket
import threading
from time import monotonic, sleep

import httpx2
import typer
import uvicorn
from fastapi import FastAPI

from duibiao.cli.accounts import show_demonstration
from duibiao.cli.options import UsageError
from duibiao.cli.show import Printer
from duibiao.kernel.text import Language
from duibiao.store.accounts import Vault
from duibiao.store.accounts.demo import demonstration_accounts
from duibiao.views.districts import SIMULATED
from duibiao.web.app import create_app
from duibiao.web.cockpit import Cockpit
from duibiao.web.protect import Receive, Scope, Send
from duibiao.web.settings import DEFAULT_PORT, Settings
from duibiao.workspace.data_folder import DataFolder

ADDRESS = "对标驾驶舱 cockpit:"
FIRST_ASKED = ("/", "/units", "/search?q=a")
LOG = logging.getLogger("duibiao.web")


def serve(settings: Settings, port: int | None, *, demo_accounts: bool, stop_when_idle: int | None) -> None:
    """Serve until Ctrl+C or until nobody asks; ``port`` is the one asked for, None for the first free one.

    Raises UserError for data that cannot be opened, UsageError where the port asked for is taken.
    """
    if demo_accounts:
        _demonstrate(settings)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    if settings.workers == 1:
        _serve_here(settings, _listening(settings.host, port), stop_when_idle)
    else:
        _serve_with_workers(settings)


def _serve_with_workers(settings: Settings) -> None:
    settings.to_environment()
    typer.echo(f"{ADDRESS} http://{settings.host}:{settings.port}/")
    uvicorn.run(
        "duibiao.web.app:from_environment", factory=True, host=settings.host, port=settings.port,
        workers=settings.workers, log_level="warning", server_header=False,
    )  # fmt: skip


def check(settings: Settings) -> None:
    """Open everything once and say what was found."""
    edition = Cockpit(settings).edition
    snapshot = edition.snapshot
    mark = f" {SIMULATED.zh}" if snapshot and snapshot.simulated else ""
    told = f" · 快照 snapshot {snapshot.id}{mark}" if snapshot else ""
    typer.echo(f"可以启动 ready: {len(edition.workspace.content.plans.by_code)} 项规划 plans{told}")


def _demonstrate(settings: Settings) -> None:
    """Make the demonstration accounts and print them; raises UserError ACCOUNT-DEMO-REAL in a store of real data."""
    if settings.data is None:
        raise UsageError("演示账号需要数据目录（--data）。Demonstration accounts need a data folder (--data).")
    folder = DataFolder(settings.data, settings.database)
    with folder.open_store() as store:
        made = demonstration_accounts(store.accounts(Vault.of_folder(settings.data)), folder.url)
    show_demonstration(Printer(Language.ZH), made)


def _listening(host: str, port: int | None) -> socket.socket:
    """A socket at the port asked for, else at 8158 or the first free one after it.

    Raises UsageError where the port asked for is taken.
    """
    wanted = [port] if port is not None else range(DEFAULT_PORT, DEFAULT_PORT + 20)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for one in wanted:
        found = socket.socket(family)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, one))
        except OSError:
            found.close()
            continue
        return found
    raise UsageError(f"端口 {wanted[0]} 已被占用，请换一个（--port）。The port is taken: choose another.")


def _serve_here(settings: Settings, at: socket.socket, stop_when_idle: int | None) -> None:
    """Serve in this process until Ctrl+C, or until nobody has asked for anything for so many minutes."""
    seen = _LastAsked(create_app(settings))
    server = uvicorn.Server(uvicorn.Config(seen, log_level="warning", server_header=False))
    if stop_when_idle is not None:
        threading.Thread(target=_stop_later, args=(server, seen, stop_when_idle * 60), daemon=True).start()
    host, port = at.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    threading.Thread(target=_warm, args=(server, address), daemon=True).start()
    typer.echo(f"{ADDRESS} {address}/   （按 Ctrl+C 停止，Ctrl+C to stop）")
    server.run(sockets=[at])


def _warm(server: uvicorn.Server, address: str) -> None:
    """Ask for the pages that are slow the first time, so that no person waits for them."""
    while not server.started:
        sleep(0.05)
    try:
        for path in FIRST_ASKED:
            httpx2.get(address + path, timeout=120)
    except httpx2.HTTPError as error:
        LOG.info("the first pages were not asked for: %s", error)


def _stop_later(server: uvicorn.Server, seen: "_LastAsked", idle_s: int) -> None:
    while monotonic() - seen.at < idle_s:
        sleep(max(1, idle_s - (monotonic() - seen.at)))
    typer.echo(f"{idle_s // 60}分钟无人访问，已停止。Stopped: nobody asked for {idle_s // 60} minutes.")
    server.should_exit = True


class _LastAsked:
    """Passes requests on and remembers when the last one came."""

    def __init__(self, app: FastAPI) -> None:
        self.app, self.at = app, monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.at = monotonic()
        await self.app(scope, receive, send)
