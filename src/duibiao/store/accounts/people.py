"""Accounts made, looked up, closed, reset — by the system administrator, or at the command line."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from duibiao.kernel.problem import Problem, UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.accounts.model import (
    Account,
    AccountRole,
    AccountState,
    Identity,
    Officer,
    administrators_of,
)
from duibiao.store.accounts.passwords import one_time_password
from duibiao.store.accounts.rows import (
    AccountRoom,
    account_from,
    account_row,
    grants_of,
    require_officer,
    require_unit,
    stamp,
)
from duibiao.store.database import StoreChange
from duibiao.store.schema import ACCOUNT, API_TOKEN, FAILURE, IDENTITY, PASSWORD, RECOVERY, SESSION

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
_MAKES = Text("管理账号", "manage accounts")


def folded_username(text: str) -> str:
    """A user name as it is kept: half-width, lower case, no space at its ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def failure_key(room: AccountRoom, username: str) -> str:
    """The key under which failed attempts of a user name are counted; the name cannot be read back from it."""
    return room.vault.keyed("login-failure", folded_username(username))


def store_password(change: StoreChange, account_id: str, hashed: str, *, must_change: bool, keep: int) -> None:
    """Put a new password's hash in place, and keep the last few hashes."""
    values = {"password_hash": hashed, "password_at": change.at, "must_change": int(must_change)}
    change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == account_id).values(**values))
    row = {"account_id": account_id, "password_hash": hashed, "set_at": change.at}
    change.connection.execute(PASSWORD.insert(), row)
    newest = sa.select(PASSWORD.c.seq).where(PASSWORD.c.account_id == account_id).order_by(PASSWORD.c.seq.desc())
    old = PASSWORD.c.seq.not_in(newest.limit(keep))
    change.connection.execute(PASSWORD.delete().where(PASSWORD.c.account_id == account_id, old))


def end_sessions(connection: sa.Connection, account_id: str, but: str = "") -> int:
    """End every session of an account, but one by its token hash; answers how many there were."""
    gone = SESSION.delete().where(SESSION.c.account_id == account_id, SESSION.c.token_hash != but)
    return connection.execute(gone).rowcount


@dataclass(frozen=True, slots=True)
class People:
    """The accounts of a store (账号管理): every call names who acts and leaves a line in the audit trail."""

    room: AccountRoom

    def create(
        self, officer: Officer, username: str, name: str, unit: str, *, with_password: bool = True
    ) -> tuple[Account, str]:
        """Make an account without any role; answers it with its one-time password, which is kept nowhere.

        ``with_password`` False: for single sign-on only, the password is empty. Raises UserError ACCOUNT-USERNAME,
        ACCOUNT-NAME, ACCOUNT-TAKEN, ACCOUNT-UNIT, ACCESS-ROLE, ACCESS-UNIT.
        """
        username, name = folded_username(username), name.strip()
        problems = [*_name_problems(username, name)]
        if problems:
            raise UserError(problems)
        password = one_time_password() if with_password else ""
        hashed = self.room.hashing.hash(password) if password else ""
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            grants = require_officer(change.connection, self.room, officer, AccountRole.SYSTEM_ADMIN, _MAKES)
            require_unit(self.room.tree(change.connection), officer, grants, unit)
            _ = change.seq  # from here on no other writer can take the user name
            if change.connection.execute(sa.select(ACCOUNT.c.id).where(ACCOUNT.c.username == username)).first():
                raise UserError([problem("ACCOUNT-TAKEN", Where(username), username=username)])
            account_id = uuid.uuid4().hex
            found = {"id": account_id, **_new_row(username, name, unit, change.at, officer.name)}
            change.connection.execute(ACCOUNT.insert(), found)
            if hashed:
                keep = self.room.policy(change.connection).password_history
                store_password(change, account_id, hashed, must_change=True, keep=keep)
            change.record("account.create", username, unit=unit, name=name, password=bool(hashed))
            account = account_from(account_row(change.connection, account_id))
        return account, password

    def find(self, wanted: str) -> Account:
        """An account by its id or user name; raises UserError ACCOUNT-UNKNOWN."""
        with self.room.database.reading() as connection:
            return account_from(account_row(connection, wanted))

    def all(
        self, *, under: Sequence[str] | None = None, text: str = "", limit: int = 50, skip: int = 0
    ) -> list[Account]:
        """Accounts by user name; ``under``: units whose subtrees are looked at; ``text``: a part of a name."""
        with self.room.database.reading() as connection:
            return [account_from(row) for row in connection.execute(self._query(connection, under, text, limit, skip))]

    def count(self, *, under: Sequence[str] | None = None, text: str = "") -> int:
        """How many accounts ``all`` would answer without a limit."""
        with self.room.database.reading() as connection:
            query = self._query(connection, under, text, None, 0).order_by(None).subquery()
            return connection.execute(sa.select(sa.func.count()).select_from(query)).scalar_one()

    def _query(
        self, connection: sa.Connection, under: Sequence[str] | None, text: str, limit: int | None, skip: int
    ) -> "sa.Select[tuple[object, ...]]":
        query: sa.Select[tuple[object, ...]] = sa.select(ACCOUNT)
        if under is not None:
            tree = self.room.tree(connection)
            if not any(unit in tree and not tree[unit].parent for unit in under):  # the top sees every account there is
                units = sorted(set().union(*(tree.under(unit) for unit in under)))
                query = query.where(_among(ACCOUNT.c.unit, units))
        if text.strip():
            like = folded_username(text)
            parts = (ACCOUNT.c.username.contains(like, autoescape=True), ACCOUNT.c.unit == text.strip())
            query = query.where(sa.or_(*parts, ACCOUNT.c.name.contains(text.strip(), autoescape=True)))
        query = query.order_by(ACCOUNT.c.username).offset(skip)
        return query.limit(limit) if limit is not None else query

    def set_state(self, officer: Officer, wanted: str, state: AccountState, reason: str) -> Account:
        """Close or open an account; closing ends its sessions and withdraws its tokens at once.

        Raises UserError ACCOUNT-UNKNOWN, ACCOUNT-SELF, ACCOUNT-REASON, ACCESS-ROLE, ACCESS-UNIT.
        """
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = self._mine(change, officer, wanted, reason)
            change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == row.id).values(state=state.value))
            ended = 0
            if state is AccountState.DISABLED:
                ended = end_sessions(change.connection, row.id)
                mine = API_TOKEN.c.account_id == row.id, API_TOKEN.c.revoked_at == ""
                change.connection.execute(API_TOKEN.update().where(*mine).values(revoked_at=change.at))
            change.record(f"account.{state.value}", row.username, reason=reason, sessions=ended)
            return account_from(account_row(change.connection, row.id))

    def reset_password(self, officer: Officer, wanted: str, reason: str) -> str:
        """Give an account a new one-time password, end its sessions, lift a lock; answers the password, kept nowhere.

        The password of the other administrators is reset at the command line only: else the system administrator could
        become each of them. Raises UserError ACCOUNT-ADMIN-RESET, ACCOUNT-UNKNOWN, ACCOUNT-REASON, ACCOUNT-SELF.
        """
        password = one_time_password()
        hashed = self.room.hashing.hash(password)
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = self._mine(change, officer, wanted, reason)
            self._not_administrator(change, officer, row)
            keep = self.room.policy(change.connection).password_history
            store_password(change, row.id, hashed, must_change=True, keep=keep)
            ended = end_sessions(change.connection, row.id)
            self._forget_failures(change.connection, row.username)
            change.record("account.reset_password", row.username, reason=reason, sessions=ended)
        return password

    def reset_totp(self, officer: Officer, wanted: str, reason: str) -> None:
        """Take the second factor and the recovery codes away from an account that lost them; ends its sessions.

        Raises UserError as ``reset_password`` does.
        """
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = self._mine(change, officer, wanted, reason)
            self._not_administrator(change, officer, row)
            nothing = {"totp_sealed": "", "totp_at": "", "totp_step": 0}
            change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == row.id).values(**nothing))
            change.connection.execute(RECOVERY.delete().where(RECOVERY.c.account_id == row.id))
            ended = end_sessions(change.connection, row.id)
            change.record("account.reset_totp", row.username, reason=reason, sessions=ended)

    def unlock(self, officer: Officer, wanted: str, reason: str) -> None:
        """Lift the lock that failed attempts put on an account; raises UserError as ``set_state`` does."""
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = self._mine(change, officer, wanted, reason)
            self._forget_failures(change.connection, row.username)
            change.record("account.unlock", row.username, reason=reason)

    def locked_until(self, usernames: Sequence[str]) -> dict[str, str]:
        """Until when accounts wait after failures, for those that wait now."""
        keys = {failure_key(self.room, name): name for name in usernames}
        now = stamp(self.room.now())
        with self.room.database.reading() as connection:
            query = sa.select(FAILURE).where(FAILURE.c.key.in_(keys), FAILURE.c.locked_until > now)
            return {keys[row.key]: row.locked_until for row in connection.execute(query)}

    # --- identities of a single sign-on

    def link(self, officer: Officer, wanted: str, issuer: str, subject: str) -> None:
        """Say which identity of a provider an account is; by the system administrator or the account itself.

        Raises UserError ACCOUNT-LINKED where the identity is another account already, ACCOUNT-SELF for a system
        administrator's own one, ACCOUNT-ADMIN-RESET for another administrator's.
        """
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = account_row(change.connection, wanted, lock=True)
            if officer.account_id != row.id or officer.role is not None:
                row = self._mine(change, officer, wanted, "-")
                self._not_administrator(change, officer, row)
            _ = change.seq
            same = IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject
            if change.connection.execute(sa.select(IDENTITY.c.account_id).where(*same)).first():
                raise UserError([problem("ACCOUNT-LINKED", Where(row.username), subject=subject)])
            facts = {"issuer": issuer, "subject": subject, "account_id": row.id}
            change.connection.execute(IDENTITY.insert(), {**facts, "linked_at": change.at, "linked_by": officer.name})
            change.record("account.link", row.username, issuer=issuer, subject=subject)

    def unlink(self, officer: Officer, wanted: str, issuer: str, subject: str) -> None:
        """Take an identity away from an account; by the system administrator or the account itself."""
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            row = account_row(change.connection, wanted, lock=True)
            if officer.account_id != row.id or officer.role is not None:
                row = self._mine(change, officer, wanted, "-")
            same = IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject, IDENTITY.c.account_id == row.id
            count = change.connection.execute(IDENTITY.delete().where(*same)).rowcount
            change.record("account.unlink", row.username, issuer=issuer, subject=subject, found=count)

    def identities(self, account_id: str) -> list[Identity]:
        """The identities of an account, by provider."""
        with self.room.database.reading() as connection:
            query = sa.select(IDENTITY).where(IDENTITY.c.account_id == account_id)
            found = connection.execute(query.order_by(IDENTITY.c.issuer, IDENTITY.c.subject))
            return [Identity(**row._asdict()) for row in found]

    # --- inside

    def _mine(self, change: StoreChange, officer: Officer, wanted: str, reason: str) -> "sa.Row[tuple[object, ...]]":
        """The row of an account the officer may act on, with a reason; the rules of every act of an administrator."""
        grants = require_officer(change.connection, self.room, officer, AccountRole.SYSTEM_ADMIN, _MAKES)
        row = account_row(change.connection, wanted, lock=True)
        if not reason.strip():
            raise UserError([problem("ACCOUNT-REASON", Where(row.username))])
        if officer.account_id == row.id:
            raise UserError([problem("ACCOUNT-SELF", Where(row.username))])
        if grants:
            require_unit(self.room.tree(change.connection), officer, grants, row.unit)
        found: sa.Row[tuple[object, ...]] = row
        return found

    def _not_administrator(self, change: StoreChange, officer: Officer, row: "sa.Row[tuple[object, ...]]") -> None:
        if not officer.account_id:
            return
        today = self.room.today()
        held = [one.role for one in grants_of(change.connection, row.id) if one.may_hold(today)]
        if administrators_of(held):
            raise UserError([problem("ACCOUNT-ADMIN-RESET", Where(row.username))])

    def _forget_failures(self, connection: sa.Connection, username: str) -> None:
        connection.execute(FAILURE.delete().where(FAILURE.c.key == failure_key(self.room, username)))


def _among(column: "sa.Column[str]", values: Sequence[str]) -> sa.ColumnElement[bool]:
    # In pieces: SQLite takes 32,766 values in one statement at most, a city has 10,000 schools and may have more.
    size = 10_000
    pieces = [values[start : start + size] for start in range(0, len(values), size)]
    return sa.or_(sa.false(), *(column.in_(piece) for piece in pieces))


def _name_problems(username: str, name: str) -> Sequence[Problem]:
    found = []
    if not USERNAME.fullmatch(username):
        found.append(problem("ACCOUNT-USERNAME", Where("username"), username=username[:40]))
    if not 1 <= len(name) <= 40 or not name.isprintable():
        found.append(problem("ACCOUNT-NAME", Where("name")))
    return found


def _new_row(username: str, name: str, unit: str, at: str, by: str) -> dict[str, str | int]:
    return {
        "username": username,
        "name": name,
        "unit": unit,
        "state": AccountState.ACTIVE.value,
        "password_hash": "",
        "password_at": "",
        "must_change": 0,
        "totp_sealed": "",
        "totp_at": "",
        "totp_step": 0,
        "created_at": at,
        "created_by": by,
        "seen_at": "",
    }
