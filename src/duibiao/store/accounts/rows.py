"""Reading the tables of accounts into plain values, and what every room of accounts shares."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.accounts.model import (
    ACCOUNT_ROLE_WORDS,
    Account,
    AccountRole,
    AccountState,
    ApiToken,
    Caller,
    Officer,
    RoleGrant,
    SessionStage,
    SessionState,
    SignInWay,
)
from duibiao.store.accounts.passwords import Hashing
from duibiao.store.accounts.policy import SecurityPolicy, policy_with
from duibiao.store.accounts.vault import Vault
from duibiao.store.database import Database
from duibiao.store.registry import Registry
from duibiao.store.schema import ACCOUNT, GRANT, REVOCATION, SETTING
from duibiao.store.units import UnitTree


@dataclass(frozen=True, slots=True)
class AccountRoom:
    """What every part of the accounts works with (账号工作间): data base, units, key, hashing, basic policy."""

    database: Database
    registry: Registry
    vault: Vault
    hashing: Hashing
    base_policy: SecurityPolicy

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.database.clock().astimezone(UTC)

    def today(self) -> date:
        """The day grants are judged by."""
        return self.database.clock().date()

    def tree(self, connection: sa.Connection) -> UnitTree:
        """Today's units."""
        return self.registry.tree(connection, self.today())

    def policy(self, connection: sa.Connection) -> SecurityPolicy:
        """The settings of security in force."""
        rows = connection.execute(sa.select(SETTING.c.key, SETTING.c.value).order_by(SETTING.c.seq))
        return policy_with(self.base_policy, {row.key: row.value for row in rows})

    def insert_new(self, table: sa.Table, row: dict[str, object]) -> sa.Executable:
        """An INSERT that leaves a row with the same key as it is."""
        kind = sqlite if self.database.is_sqlite else postgresql
        statement: sa.Executable = kind.insert(table).values(row).on_conflict_do_nothing()
        return statement


def stamp(at: datetime) -> str:
    """A point in time as the data base keeps it: two of them compare as texts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def account_from(row: Any) -> Account:
    """The account of a row of the table ``account``."""
    return Account(
        id=row.id,
        username=row.username,
        name=row.name,
        unit=row.unit,
        state=AccountState(row.state),
        has_password=bool(row.password_hash),
        must_change=bool(row.must_change),
        password_at=row.password_at,
        totp_at=row.totp_at,
        created_at=row.created_at,
        created_by=row.created_by,
        seen_at=row.seen_at,
    )


def account_row(connection: sa.Connection, wanted: str, *, lock: bool = False) -> Any:
    """The row of an account by its id or its user name; raises UserError ACCOUNT-UNKNOWN."""
    query = sa.select(ACCOUNT).where(sa.or_(ACCOUNT.c.id == wanted, ACCOUNT.c.username == wanted))
    found = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise UserError([problem("ACCOUNT-UNKNOWN", Where(wanted))])
    return found


def grant_from(row: Any) -> RoleGrant:
    """The grant of a row of ``grants_query``."""
    return RoleGrant(
        id=row.id,
        account_id=row.account_id,
        role=AccountRole(row.role),
        unit=row.unit,
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=date.fromisoformat(row.valid_to) if row.valid_to else None,
        reason=row.reason,
        granted_at=row.granted_at,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at or "",
        revoked_by=row.revoked_by or "",
    )


def grants_query() -> "sa.Select[Any]":
    """Every grant with its withdrawal where there is one, in the order they were made."""
    joined = GRANT.outerjoin(REVOCATION, REVOCATION.c.grant_id == GRANT.c.id)
    query = sa.select(GRANT, REVOCATION.c.revoked_at, REVOCATION.c.revoked_by).select_from(joined)
    return query.order_by(GRANT.c.granted_at, GRANT.c.id)


def grants_of(connection: sa.Connection, account_id: str) -> list[RoleGrant]:
    """Every grant an account ever had."""
    found = connection.execute(grants_query().where(GRANT.c.account_id == account_id))
    return [grant_from(row) for row in found]


def session_from(row: Any) -> SessionState:
    """The session of a row of the table ``session``."""
    return SessionState(
        id=row.id,
        account_id=row.account_id,
        stage=SessionStage(row.stage),
        way=SignInWay(row.way),
        caller=Caller(row.address, row.agent),
        started_at=row.started_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
    )


def token_from(row: Any) -> ApiToken:
    """The API token of a row of the table ``api_token``."""
    return ApiToken(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        hint=row.hint,
        scopes=tuple(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        seen_at=row.seen_at,
    )


def mapped_text(mapped: Iterable[tuple[AccountRole, str]]) -> str:
    """The roles a provider's answer was mapped to, as a session keeps them."""
    return json.dumps([[role.value, unit] for role, unit in mapped])


def mapped_from(text: str, account_id: str, day: date) -> list[RoleGrant]:
    """The grants of ``mapped_text``, for the day they are asked for."""
    found: Sequence[Sequence[str]] = json.loads(text or "[]")
    return [
        RoleGrant("", account_id, AccountRole(role), unit, day, day, "", "", "single sign-on") for role, unit in found
    ]


def require_officer(
    connection: sa.Connection, room: AccountRoom, officer: Officer, role: AccountRole, what: Text
) -> list[RoleGrant]:
    """The grants by which an officer may do something; none for the command line, which needs none.

    Raises UserError ACCESS-ROLE where the account is not active or does not hold the role today.
    """
    if officer.role is None and not officer.account_id:
        return []
    found: list[RoleGrant] = []
    if officer.role is role:
        row = account_row(connection, officer.account_id)
        if row.state == AccountState.ACTIVE:
            found = [g for g in grants_of(connection, officer.account_id) if g.role is role and g.holds(room.today())]
    if not found:
        words = ACCOUNT_ROLE_WORDS.get(officer.role or role) or Text("")
        facts = {"role_zh": words.zh, "role_en": words.en, "what_zh": what.zh, "what_en": what.en}
        raise UserError([problem("ACCESS-ROLE", Where(officer.name), who=officer.name, **facts)])
    return found


def require_unit(tree: UnitTree, officer: Officer, grants: Sequence[RoleGrant], unit: str) -> None:
    """Refuse a unit that is not registered (ACCOUNT-UNIT) or outside the officer's units (ACCESS-UNIT)."""
    if unit not in tree:
        raise UserError([problem("ACCOUNT-UNIT", Where(unit), unit=unit)])
    if grants and not any(tree.covers(grant.unit, unit) for grant in grants):
        raise UserError([problem("ACCESS-UNIT", Where(unit), unit=unit, who=officer.name)])
