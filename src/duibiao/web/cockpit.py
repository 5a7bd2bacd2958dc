"""What every page asks: the opened workspace, the data folder with its snapshot and figures, and built pages by key."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from duibiao.compute import Result
from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import Unit
from duibiao.store.accounts import Accounts, Vault
from duibiao.store.accounts.limits import Limiter, ProcessLimiter
from duibiao.store.snapshot import Snapshot, current_id
from duibiao.store.store import Store
from duibiao.web.publishing import PublishingJobs
from duibiao.web.settings import Settings
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

_Built = TypeVar("_Built")
LOG = logging.getLogger("duibiao.web")
LOOK_EVERY_S = 2.0
"""How often the disk is asked whether the packs or the snapshot in force changed."""
KEPT = 2048
"""How many built pages are kept; the longest unused goes first."""


@dataclass(frozen=True)
class CockpitEdition:
    """Everything of one version that pages read (版次): it never changes; a new version is a new object.

    ``snapshot`` and ``result`` are None until something has been published.
    """

    version: str
    workspace: Workspace
    snapshot: Snapshot | None = None
    result: Result | None = None
    kept: "OrderedDict[Hashable, Any]" = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """The units of the snapshot by code; empty until something has been published."""
        return {unit.code: unit for unit in self.snapshot.units()} if self.snapshot else {}

    def kept_already(self, key: Hashable) -> Any | None:
        """What was built under this key before; None where nothing was. It waits for nothing but a look-up."""
        with self.lock:
            if key not in self.kept:
                return None
            self.kept.move_to_end(key)
            return self.kept[key]

    def keep(self, key: Hashable, build: Callable[[], _Built]) -> _Built:
        """What was built under this key before, else what ``build`` gives now. ``build`` may run twice at once."""
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                found: _Built = self.kept[key]
                return found
        built = build()
        with self.lock:
            self.kept[key] = built
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        return built


class Cockpit:
    """Holds the edition in force and replaces it when a pack or the snapshot changed (驾驶舱).

    A new edition is made beside the old one: while it is computed, pages keep answering from the old.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = DataFolder(settings.data, settings.database) if settings.data else None
        self._making = threading.Lock()
        self._opening = threading.Lock()
        self._store: Store | None = None
        self._accounts: Accounts | None = None
        self.vault = Vault.of_folder(settings.data) if settings.data else Vault(secrets.token_bytes(32))
        self._limiter: Limiter = ProcessLimiter()
        self._looked = monotonic()
        self._edition = self._read(self._marks())
        self._stamp = self._marks()

    @property
    def drafts(self) -> Path:
        """The folder of drafts under review, with the documents they were read from in ``files``."""
        return (self.settings.data or self.settings.packs.parent / ".duibiao") / "drafts"

    @property
    def edition(self) -> CockpitEdition:
        """The edition in force; asks the disk for a change now and then, and lets one thread make the new one."""
        if monotonic() - self._looked > LOOK_EVERY_S and self._making.acquire(blocking=False):
            self._looked = monotonic()
            threading.Thread(target=self._renew, name="duibiao-edition", daemon=True).start()
        return self._edition

    def renew(self) -> CockpitEdition:
        """Look at once, and answer with the edition of now: after publishing, after accepting a draft."""
        with self._making:
            self._replace()
        return self._edition

    def _renew(self) -> None:
        try:
            self._replace()
        except Exception:
            # whatever is wrong with new content, the old keeps being shown; the log says so
            LOG.exception("the new packs or the new snapshot cannot be read; the old edition stays")
        finally:
            self._making.release()

    def _replace(self) -> None:
        marks = self._marks()
        if marks != self._stamp:
            self._edition = self._read(marks)
            self._stamp = marks

    def _marks(self) -> tuple[str, ...]:
        """What a change shows in: the newest file of the packs, and the id of the snapshot in force."""
        files = [path for path in self.settings.packs.rglob("*") if path.is_file()]
        newest = max((path.stat().st_mtime_ns for path in files), default=0)
        snapshot = current_id(self.folder.snapshots) if self.folder else None
        return str(newest), str(len(files)), snapshot or ""

    def _read(self, marks: tuple[str, ...]) -> CockpitEdition:
        workspace = Workspace.open(self.settings.packs, self.settings.archive)
        version = "-".join(marks)
        if not self.folder or not marks[-1]:
            return CockpitEdition(version, workspace)
        snapshot = self.folder.snapshot()
        return CockpitEdition(version, workspace, snapshot, self.folder.result(workspace.content, snapshot))

    def store(self) -> Store:
        """The one store of this process, opened at the first use and kept: its connections are pooled, its units read
        once. Never close it. Raises UserError WEB-NO-STORE where the cockpit has no data, STORE-CONNECT and its kin.
        """
        with self._opening:
            if self._store is None:
                opened = self.open_store()
                if opened is None:
                    raise UserError([problem("WEB-NO-STORE", Where("data"))])
                self._store = opened
            return self._store

    @property
    def accounts(self) -> Accounts | None:
        """Who may sign in; the same object for all requests of a process. None where there is no store.

        Raises UserError as ``store`` does: the next request tries again.
        """
        if self._accounts is None and self.has_store:
            self._accounts = self.store().accounts(self.vault)
        return self._accounts

    @property
    def has_store(self) -> bool:
        """Whether the cockpit was given a store."""
        return self.folder is not None and bool(self.folder.database or _exists(self.folder.folder))

    @cached_property
    def publishing(self) -> PublishingJobs | None:
        """The publishing jobs of the data folder; None where there is none."""
        return PublishingJobs(self.folder.folder) if self.folder else None

    @property
    def limiter(self) -> Limiter:
        """Counts requests: in this process, or in the data base where several workers serve."""
        accounts = self.accounts if self.settings.workers > 1 else None
        return accounts.limiter if accounts else self._limiter

    def open_store(self) -> Store | None:
        """The store of the data folder, to be closed by the caller; None where there is none."""
        if self.folder is None or not (self.folder.database or _exists(self.folder.folder)):
            return None
        return self.folder.open_store()


def _exists(folder: Path) -> bool:
    return (folder / "store.db").exists()
