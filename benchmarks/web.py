"""How fast the cockpit is on a city: pages built anew, the first page in a real browser, a hundred users at once.

    python -m benchmarks.web DATA [--archive ARCHIVE] [--seconds 15]

DATA is a data folder as ``duibiao rehearse`` makes it. A hundred users at once are played by ``ab`` (Debian's
apache2-utils) from the same machine, so that it takes its share of the cores: every user asks for the next page as
soon as the last one has come. Prints milliseconds beside their limits and the ratio; fails nothing.
"""

import argparse
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright

from duibiao.web.app import create_app
from duibiao.web.settings import Settings

PACKS = Path(__file__).resolve().parents[1] / "packs"
PAGES = (
    "/",
    "/plans/strategy-2035",
    "/indicators/preschool.gross_enrolment_rate",
    "/units/500156",
    "/departments",
    "/map",
    "/documents",
    "/search?q=%E5%AD%A6%E5%89%8D",
)
LIMIT_MS, LIMIT_P95_MS, LIMIT_REQUESTS, LIMIT_KB = 50, 300, 15, 600


def built_anew(app: FastAPI) -> None:
    """Median time of a page that is built, not taken from what was kept: warm program, cold page."""
    client = TestClient(app, base_url="http://127.0.0.1")
    times: list[float] = []
    for page in PAGES:
        if client.get(page).status_code != 200:
            print(f"  {page}: {client.get(page).status_code}, left out")
            continue
        taken = []
        for turn in range(7):
            mark = "&" if "?" in page else "?"
            started = perf_counter()
            answer = client.get(f"{page}{mark}turn={turn}")  # another address: not kept
            taken.append((perf_counter() - started) * 1000)
            assert answer.status_code == 200
        times.append(median(taken))
        print(f"  {page:45} {median(taken):7.1f} ms  {len(answer.content) / 1024:6.0f} kB")
    print(
        f"median page built anew: {median(times):.1f} ms = {median(times) / LIMIT_MS:.2f} × the limit of {LIMIT_MS} ms"
    )


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def first_page(address: str) -> None:
    """Requests and bytes over the wire of the first page, in a browser that has nothing kept."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("first page: no chromium here")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        started = perf_counter()
        page.goto(address + "/", wait_until="load")
        taken = (perf_counter() - started) * 1000
        page.wait_for_timeout(300)
        browser.close()
    kilobytes = sum(sizes) / 1024
    print(
        f"first page: {len(sizes)} requests (limit {LIMIT_REQUESTS}), {kilobytes:.0f} kB "
        f"(limit {LIMIT_KB}), {taken:.0f} ms to load"
    )


def hundred_users(address: str, seconds: int) -> None:
    """A hundred users at once on the first page and on an indicator."""
    tool = shutil.which("ab")
    if tool is None:
        print("a hundred users: ab is not here (apt-get install apache2-utils)")
        return
    for page in ("/", "/indicators/preschool.gross_enrolment_rate"):
        command = [
            tool,
            "-k",
            "-c",
            "100",
            "-t",
            str(seconds),
            "-n",
            "1000000",
            "-H",
            "Accept-Encoding: gzip",
            address + page,
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 our own command
        p95 = int(re.search(r"95%\s+(\d+)", told)[1])  # type: ignore[index]
        failed = int(re.search(r"Failed requests:\s+(\d+)", told)[1])  # type: ignore[index]
        wrong = re.search(r"Non-2xx responses:\s+(\d+)", told)
        rate = re.search(r"Requests per second:\s+([\d.]+)", told)[1]  # type: ignore[index]
        print(
            f"a hundred users on {page}: {rate} pages a second, p95 {p95} ms = "
            f"{p95 / LIMIT_P95_MS:.2f} × {LIMIT_P95_MS} ms, {failed} failed, {wrong[1] if wrong else 0} not 2xx"
        )
        print("  " + " ".join(command[:-1]) + " …")


def main() -> None:
    """Run every part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--seconds", type=int, default=15)
    chosen = parser.parse_args()
    started = perf_counter()
    app = create_app(Settings(PACKS, archive=chosen.archive, data=chosen.data))
    print(f"opening packs, snapshot and figures: {perf_counter() - started:.1f} s")
    built_anew(app)
    with serving(app) as address:
        first_page(address)
        hundred_users(address, chosen.seconds)


if __name__ == "__main__":
    main()
