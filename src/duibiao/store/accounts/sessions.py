"""Sessions kept on the server: a random token in the cookie, only its hash here; every request is looked up."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from duibiao.store.accounts.model import (
    ADMINISTRATORS,
    AccountRole,
    AccountState,
    Caller,
    RoleGrant,
    SessionStage,
    SessionState,
    SignedIn,
    SignInWay,
)
from duibiao.store.accounts.policy import SecondFactor, SecurityPolicy
from duibiao.store.accounts.rows import (
    AccountRoom,
    account_from,
    account_row,
    grants_of,
    mapped_from,
    mapped_text,
    session_from,
    stamp,
)
from duibiao.store.accounts.vault import token, token_hash
from duibiao.store.schema import ACCOUNT, SESSION
from duibiao.store.workflow import Actor, ActorRole

TOUCHES_S = 60
"""How often, in seconds, a session that is in use is written down as such."""
HALF_MINUTES = 5
"""How long somebody who gave the right password has for the second factor."""


def needs_totp(policy: SecurityPolicy, roles: Iterable[AccountRole]) -> bool:
    """Whether the settings ask for a second factor of somebody with some roles."""
    administers = bool(ADMINISTRATORS & frozenset(roles))
    return policy.second_factor is SecondFactor.EVERYBODY or (
        policy.second_factor is SecondFactor.ADMINISTRATORS and administers
    )


def start_session(
    connection: sa.Connection,
    room: AccountRoom,
    account_id: str,
    stage: SessionStage,
    way: SignInWay,
    caller: Caller,
    mapped: Iterable[tuple[AccountRole, str]] = (),
) -> str:
    """Begin a session under a new token, never under one a visitor brought along; answers the token."""
    now = room.now()
    hours = room.policy(connection).session_hours
    ends = now + (timedelta(hours=hours) if stage is SessionStage.FULL else timedelta(minutes=HALF_MINUTES))
    connection.execute(SESSION.delete().where(SESSION.c.ends_at <= stamp(now)))
    made = token()
    row = {
        "token_hash": token_hash(made),
        "id": uuid.uuid4().hex[:16],
        "account_id": account_id,
        "stage": stage.value,
        "way": way.value,
        "address": caller.address,
        "agent": caller.agent,
        "mapped": mapped_text(mapped),
        "started_at": stamp(now),
        "seen_at": stamp(now),
        "ends_at": stamp(ends),
    }
    connection.execute(SESSION.insert(), row)
    return made


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a store (会话管理)."""

    room: AccountRoom

    def find(self, value: str, stage: SessionStage = SessionStage.FULL) -> SignedIn | None:
        """Who is asking with a session's token; None where it has ended, by idleness, by age, or by an administrator.

        A session in use is written down as such once a minute, so the idle timeout is exact to a minute.
        """
        if not value or len(value) > 100:
            return None
        now, hashed = self.room.now(), token_hash(value)
        joined = SESSION.join(ACCOUNT, ACCOUNT.c.id == SESSION.c.account_id)
        with self.room.database.reading() as connection:
            query = (
                sa.select(SESSION)
                .select_from(joined)
                .where(SESSION.c.token_hash == hashed, ACCOUNT.c.state == AccountState.ACTIVE.value)
            )
            row = connection.execute(query).one_or_none()
            policy = self.room.policy(connection)
            if row is None or row.stage != stage.value or _has_ended(row, now, policy):
                return None
            account = account_from(account_row(connection, row.account_id))
            grants = [
                *(grant for grant in grants_of(connection, account.id) if grant.holds(self.room.today())),
                *mapped_from(row.mapped, account.id, self.room.today()),
            ]
        if stage is SessionStage.FULL and row.seen_at <= stamp(now - timedelta(seconds=TOUCHES_S)):
            self._touch(hashed, account.id, now)
        session = session_from(row)
        lacks = session.way is SignInWay.PASSWORD and not account.has_totp
        must = lacks and needs_totp(policy, (grant.role for grant in grants))
        return SignedIn(account, tuple(grants), session, None, must)

    def _touch(self, hashed: str, account_id: str, now: datetime) -> None:
        with self.room.database.counting() as connection:
            connection.execute(SESSION.update().where(SESSION.c.token_hash == hashed).values(seen_at=stamp(now)))
            connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == account_id).values(seen_at=stamp(now)))

    def end(self, value: str) -> None:
        """Sign out: the session is gone, whatever a browser keeps."""
        hashed = token_hash(value)
        with self.room.database.reading() as connection:
            row = connection.execute(sa.select(SESSION).where(SESSION.c.token_hash == hashed)).one_or_none()
        if row is None:
            return
        with self.room.database.writing(*self._self(row.account_id)) as change:
            change.connection.execute(SESSION.delete().where(SESSION.c.token_hash == hashed))
            change.record("session.end", account_row(change.connection, row.account_id).username, session=row.id)

    def end_one(self, account_id: str, session_id: str) -> bool:
        """End one of the account's own sessions by its id; False where there is none such."""
        with self.room.database.writing(*self._self(account_id)) as change:
            mine = SESSION.c.account_id == account_id, SESSION.c.id == session_id
            found = bool(change.connection.execute(SESSION.delete().where(*mine)).rowcount)
            username = account_row(change.connection, account_id).username
            change.record("session.end", username, session=session_id[:32], found=found)
        return found

    def end_all(self, account_id: str, but: str = "") -> int:
        """End every session of an account, but the one with the token ``but``; answers how many there were."""
        with self.room.database.writing(*self._self(account_id)) as change:
            kept = token_hash(but) if but else ""
            gone = SESSION.delete().where(SESSION.c.account_id == account_id, SESSION.c.token_hash != kept)
            count = change.connection.execute(gone).rowcount
            username = account_row(change.connection, account_id).username
            change.record("session.end_all", username, sessions=count, but_own=bool(but))
        return count

    def of(self, account_id: str) -> list[SessionState]:
        """The sessions of an account that are alive, the last used first."""
        now = self.room.now()
        with self.room.database.reading() as connection:
            policy = self.room.policy(connection)
            full = SESSION.c.account_id == account_id, SESSION.c.stage == SessionStage.FULL.value
            rows = connection.execute(sa.select(SESSION).where(*full).order_by(SESSION.c.seen_at.desc()))
            return [session_from(row) for row in rows if not _has_ended(row, now, policy)]

    def _self(self, account_id: str) -> tuple[Actor, str]:
        with self.room.database.reading() as connection:
            return holder(account_row(connection, account_id))


def holder(row: Any) -> tuple[Actor, str]:
    """An account acting for itself, as the audit trail names it, and the word for its role there."""
    return Actor(f"{row.name}（{row.username}）", row.unit, ActorRole.SYSTEM), "account_holder"


def signed_in_grants(room: AccountRoom, connection: sa.Connection, account_id: str) -> list[RoleGrant]:
    """The grants of an account that are in force today."""
    return [grant for grant in grants_of(connection, account_id) if grant.holds(room.today())]


def _has_ended(row: Any, now: datetime, policy: SecurityPolicy) -> bool:
    idle = row.seen_at <= stamp(now - timedelta(minutes=policy.idle_minutes))
    return bool(row.ends_at <= stamp(now) or idle)
