"""The one door to accounts: people, what they are entrusted with, signing in, sessions, tokens, limits."""

from dataclasses import replace

from duibiao.store.accounts.entrusting import Entrusting
from duibiao.store.accounts.limits import StoreLimiter
from duibiao.store.accounts.passwords import Hashing
from duibiao.store.accounts.people import People
from duibiao.store.accounts.policy import SecondFactor, SecurityPolicy
from duibiao.store.accounts.rows import AccountRoom
from duibiao.store.accounts.sessions import Sessions
from duibiao.store.accounts.signing_in import SigningIn
from duibiao.store.accounts.tokens import Tokens
from duibiao.store.accounts.trail import Trail
from duibiao.store.accounts.vault import Vault
from duibiao.store.database import Database
from duibiao.store.registry import Registry, UnitVersion, versions_of
from duibiao.store.units import UnitTree


class Accounts:
    """The accounts of a store (账号体系); got by ``Store.accounts``.

    ``people`` makes and closes accounts, ``roles`` entrusts them and holds the settings, ``signing_in`` checks
    passwords and second factors, ``sessions`` and ``tokens`` say who is asking, ``trail`` reads the
    audit trail, ``limiter`` counts for several workers.
    In a simulated store nobody is asked for a second factor unless the settings say so: it is there to be tried.
    """

    def __init__(
        self, database: Database, registry: Registry, vault: Vault, *, simulated: bool, hashing: Hashing | None = None
    ) -> None:
        self.simulated = simulated
        base = SecurityPolicy()
        if simulated:
            base = replace(base, second_factor=SecondFactor.NOBODY)
        self.vault = vault
        self.room = AccountRoom(database, registry, vault, hashing or Hashing(), base)
        self.people = People(self.room)
        self.roles = Entrusting(self.room)
        self.signing_in = SigningIn(self.room)
        self.sessions = Sessions(self.room)
        self.tokens = Tokens(self.room)
        self.limiter = StoreLimiter(self.room)
        self.trail = Trail(self.room)

    def tree(self) -> UnitTree:
        """Today's units."""
        with self.room.database.reading() as connection:
            return self.room.tree(connection)

    def unit_versions(self, code: str) -> list[UnitVersion]:
        """Every version of a unit that was ever registered, the oldest first; empty where there is none."""
        with self.room.database.reading() as connection:
            return versions_of(connection, code)
