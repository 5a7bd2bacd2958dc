"""What the cockpit is started with: where packs, documents and data are, who may read without an account."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "DUIBIAO_SERVE"
"""Holds the settings as JSON for the worker processes, which cannot be handed an object."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the cockpit (运行设置).

    ``data`` is the data folder (docs/store.md); without one the cockpit shows the plans and published values only.
    ``database``: URL of a PostgreSQL data base that holds the store instead of ``data/store.db``. ``open_reading``:
    published figures may be read without an account; meant for one machine and its own browser. ``https``: cookies
    are marked Secure. ``idle_minutes``: how long an untouched session lasts.
    """

    packs: Path
    archive: Path | None = None
    data: Path | None = None
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8158
    open_reading: bool = True
    https: bool = False
    idle_minutes: int = 30

    def to_environment(self) -> None:
        """Hand the settings to worker processes."""
        plain = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        os.environ[VARIABLE] = json.dumps(plain)

    @classmethod
    def from_environment(cls) -> "Settings":
        """The settings a parent process handed over; raises KeyError where there are none."""
        plain = json.loads(os.environ[VARIABLE])
        for name in ("packs", "archive", "data"):
            plain[name] = Path(plain[name]) if plain[name] is not None else None
        return cls(**plain)
