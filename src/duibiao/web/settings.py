"""What the cockpit is started with: where packs, documents and data are, who may read without an account."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "DUIBIAO_SERVE"
"""Holds the settings as JSON for the worker processes, which cannot be handed an object."""
DEFAULT_PORT = 8158


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the cockpit (运行设置).

    ``data`` is the data folder (docs/store.md); without one the cockpit shows the plans and published values only.
    ``database``: URL of a PostgreSQL data base that holds the store instead of ``data/store.db``. ``open_reading``:
    published figures may be read without an account; meant for one machine and its own browser. ``https``: cookies
    are marked Secure, and the address of a visitor is the one the proxy on this machine names. ``workers``: how many
    processes serve; with several, requests are counted in the data base. ``api_per_minute``: how many requests an
    account (or address) may send to the API. ``single_sign_on``: file that names a provider (docs/accounts.md).
    ``evaluations``: the folder of the frozen evaluations; by default ``evaluations`` of the data folder.
    How long a session lives stands in the store (``store.accounts.policy``).
    """

    packs: Path
    archive: Path | None = None
    data: Path | None = None
    database: str = ""
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    open_reading: bool = True
    https: bool = False
    workers: int = 1
    api_per_minute: int = 6000
    single_sign_on: Path | None = None
    evaluations: Path | None = None

    def to_environment(self) -> None:
        """Hand the settings to worker processes."""
        plain = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        os.environ[VARIABLE] = json.dumps(plain)

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings a parent process handed over; raises KeyError where there are none."""
        plain = json.loads(os.environ[VARIABLE])
        for name in ("packs", "archive", "data", "single_sign_on", "evaluations"):
            plain[name] = Path(plain[name]) if plain[name] is not None else None
        return cls(**plain)
