"""Publishing beside the requests: a job in a thread of its own, whose state outlives the process.

Each job has a folder under ``publishing`` of the data folder: ``state.json``, replaced in one step, and the lock its
thread holds while it works. The operating system lets go of the lock when the process ends, however it ends; a job
that says it is at work and holds no lock was interrupted. What it published or not, the store decides as a whole
(``store.publishing``): the state here only tells people what happened.
"""

import json
import logging
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duibiao.kernel.problem import Level, Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.durable import locked, replace_file
from duibiao.views.reporting.publishing import PublishingJob, PublishingStage
from duibiao.views.words import as_plain

LOG = logging.getLogger("duibiao.web")
FOLDER, STATE = "publishing", "state.json"
KEPT = 30
"""How many jobs are remembered; the oldest goes first."""
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
Told = Callable[[PublishingStage, str], None]
"""What the work calls when it comes to its next stage: the stage, and the id of the snapshot once there is one."""


class PublishingJobs:
    """The publishing jobs of a data folder (发布任务): one at a time, whichever worker runs it."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    def start(self, title: str, by: str, work: Callable[[Told], None]) -> PublishingJob:
        """Begin a job and answer at once. Raises UserError WEB-PUBLISHING while another one is at work."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with locked(self.folder):
            busy = self.latest()
            if busy is not None and busy.is_running:
                raise UserError([problem("WEB-PUBLISHING", Where("title"), title=busy.title, by=busy.by)])
            now = datetime.now(UTC)
            # In the order the jobs began, also within a second: the oldest are forgotten, never the one at work.
            name = f"{now:%Y%m%d-%H%M%S}-{now.microsecond:06x}"
            job = PublishingJob(name, title, by, now.isoformat(timespec="seconds"), "", PublishingStage.WRITING)
            (self.folder / name).mkdir(mode=0o700)
            self._write(job)
            begun = threading.Event()
            threading.Thread(target=self._run, args=(job, work, begun), name=f"duibiao-{name}", daemon=True).start()
            begun.wait()
            self._forget()
        return job

    def job(self, name: str) -> PublishingJob | None:
        """A job as it stands now; None for a name that is none. One without its thread is told as interrupted."""
        if not _NAME.fullmatch(name):
            return None
        path = self.folder / name
        try:
            # the lock is looked at first: a job that ends in between has written its end before it lets go
            with locked(path, wait=False) as alone:
                job = _read(json.loads((path / STATE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        return replace(job, stage=PublishingStage.INTERRUPTED) if alone and job.is_running else job

    def latest(self) -> PublishingJob | None:
        """The job that was begun last."""
        names = self._names()
        return self.job(names[-1]) if names else None

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(one.name for one in self.folder.iterdir() if _NAME.fullmatch(one.name))

    def _run(self, job: PublishingJob, work: Callable[[Told], None], begun: threading.Event) -> None:
        with self._held(job, begun):
            state = job

            def told(stage: PublishingStage, snapshot: str) -> None:
                nonlocal state
                state = replace(state, stage=stage, snapshot=snapshot)
                self._write(state)

            try:
                work(told)
                state = replace(state, stage=PublishingStage.DONE)
            except UserError as error:
                state = replace(state, stage=PublishingStage.FAILED, problems=error.problems)
            except Exception:  # a thread has nobody above it: the page must say what happened, the log why
                number = secrets.token_hex(4)
                LOG.exception("publishing %s failed, reference %s", job.id, number)
                fault = problem("WEB-FAULT", Where("publishing"), number=number)
                state = replace(state, stage=PublishingStage.FAILED, problems=(fault,))
            self._write(replace(state, finished=datetime.now(UTC).isoformat(timespec="seconds")))

    @contextmanager
    def _held(self, job: PublishingJob, begun: threading.Event) -> Iterator[None]:
        """The lock of a job, held by its thread; whoever began it goes on once it is."""
        try:
            with locked(self.folder / job.id):
                begun.set()
                yield
        finally:
            begun.set()

    def _write(self, job: PublishingJob) -> None:
        body = json.dumps(as_plain(job), ensure_ascii=False).encode()
        replace_file(self.folder / job.id / STATE, body)

    def _forget(self) -> None:
        for name in self._names()[:-KEPT]:
            path = self.folder / name
            for file in path.iterdir():
                file.unlink(missing_ok=True)
            path.rmdir()


def _read(found: dict[str, Any]) -> PublishingJob:
    """A job from what ``as_plain`` made of it."""
    problems = tuple(
        Problem(one["code"], Level(one["level"]), Text(**one["message"]), Where(**one["where"]), Text(**one["remedy"]))
        for one in found["problems"]
    )
    return PublishingJob(**{**found, "stage": PublishingStage(found["stage"]), "problems": problems})
