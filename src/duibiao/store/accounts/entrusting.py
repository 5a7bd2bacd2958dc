"""Roles granted and withdrawn — by the security administrator, or at the command line — and settings."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.accounts.model import (
    ACCOUNT_ROLE_WORDS,
    ADMINISTRATORS,
    AccountRole,
    Officer,
    RoleGrant,
    administrators_of,
)
from duibiao.store.accounts.policy import SecurityPolicy, setting_problem
from duibiao.store.accounts.rows import (
    AccountRoom,
    account_row,
    grant_from,
    grants_of,
    grants_query,
    require_officer,
    require_unit,
)
from duibiao.store.schema import GRANT, REVOCATION, SETTING

_GRANTS = Text("授予角色", "grant roles")
_SETS = Text("修改设置", "change settings")


@dataclass(frozen=True, slots=True)
class Entrusting:
    """Who is entrusted with what (授权管理); grants and withdrawals are append-only and covered by the audit chain."""

    room: AccountRoom

    def grant(
        self,
        officer: Officer,
        wanted: str,
        role: AccountRole,
        unit: str,
        *,
        valid_from: date | None = None,
        valid_to: date | None = None,
        reason: str = "",
    ) -> RoleGrant:
        """Entrust a role to an account, for a unit and all below it.

        ``valid_from``: today where none is named. Raises UserError ACCOUNT-SELF (nobody grants to themselves),
        ACCOUNT-TWO-ADMINS (the three administrators are three people), ACCOUNT-GRANT-DATES, ACCOUNT-GRANT-TWICE,
        ACCOUNT-UNKNOWN, ACCOUNT-UNIT, ACCESS-ROLE, ACCESS-UNIT.
        """
        today = self.room.today()
        start = valid_from or today
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            mine = require_officer(change.connection, self.room, officer, AccountRole.SECURITY_ADMIN, _GRANTS)
            _ = (
                change.seq
            )  # one after the other: two grants at the same moment must not make one person two administrators
            row = account_row(change.connection, wanted)
            if officer.account_id == row.id:
                raise UserError([problem("ACCOUNT-SELF", Where(row.username))])
            require_unit(self.room.tree(change.connection), officer, mine, unit)
            if valid_to is not None and (valid_to < start or valid_to < today):
                raise UserError([problem("ACCOUNT-GRANT-DATES", Where(row.username), start=start, end=valid_to)])
            held = [one for one in grants_of(change.connection, row.id) if one.may_hold(today)]
            _refuse_two(row.username, role, held)
            if any(one.role is role and one.unit == unit and _overlap(one, start, valid_to) for one in held):
                words = ACCOUNT_ROLE_WORDS[role]
                facts = {"role_zh": words.zh, "role_en": words.en, "unit": unit}
                raise UserError([problem("ACCOUNT-GRANT-TWICE", Where(row.username), **facts)])
            given: dict[str, object] = {
                "id": uuid.uuid4().hex,
                "account_id": row.id,
                "role": role.value,
                "unit": unit,
                "valid_from": start.isoformat(),
                "valid_to": valid_to.isoformat() if valid_to else "",
                "reason": reason.strip(),
                "granted_at": change.at,
                "granted_by": officer.name,
            }
            change.append(GRANT, [given])
            dates = {"from": start.isoformat(), "to": valid_to.isoformat() if valid_to else ""}
            change.record("role.grant", row.username, granted=role.value, unit=unit, reason=reason.strip(), **dates)
            found = change.connection.execute(grants_query().where(GRANT.c.id == given["id"])).one()
        return grant_from(found)

    def revoke(self, officer: Officer, grant_id: str, reason: str) -> None:
        """Withdraw a grant at once; raises UserError ACCOUNT-GRANT-UNKNOWN, ACCOUNT-REASON, ACCESS-…"""
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            mine = require_officer(change.connection, self.room, officer, AccountRole.SECURITY_ADMIN, _GRANTS)
            _ = change.seq
            row = change.connection.execute(grants_query().where(GRANT.c.id == grant_id)).one_or_none()
            if row is None or row.revoked_at:
                raise UserError([problem("ACCOUNT-GRANT-UNKNOWN", Where(grant_id[:40]))])
            if not reason.strip():
                raise UserError([problem("ACCOUNT-REASON", Where(row.role))])
            tree = self.room.tree(change.connection)
            if mine and not any(tree.covers(one.unit, row.unit) for one in mine):
                raise UserError([problem("ACCESS-UNIT", Where(row.unit), unit=row.unit, who=officer.name)])
            gone: dict[str, object] = {
                "grant_id": grant_id,
                "reason": reason.strip(),
                "revoked_at": change.at,
                "revoked_by": officer.name,
            }
            change.append(REVOCATION, [gone])
            username = account_row(change.connection, row.account_id).username
            change.record("role.revoke", username, withdrawn=row.role, unit=row.unit, reason=reason.strip())

    def of(self, account_id: str) -> list[RoleGrant]:
        """Every grant an account ever had, the oldest first."""
        with self.room.database.reading() as connection:
            return grants_of(connection, account_id)

    def of_many(self, account_ids: list[str]) -> dict[str, list[RoleGrant]]:
        """The grants of several accounts, by account."""
        found: dict[str, list[RoleGrant]] = {one: [] for one in account_ids}
        with self.room.database.reading() as connection:
            for row in connection.execute(grants_query().where(GRANT.c.account_id.in_(account_ids))):
                found[row.account_id].append(grant_from(row))
        return found

    def holders(self, role: AccountRole) -> list[RoleGrant]:
        """The grants of a role that are in force today."""
        today = self.room.today()
        with self.room.database.reading() as connection:
            rows = connection.execute(grants_query().where(GRANT.c.role == role.value))
            return [grant for grant in map(grant_from, rows) if grant.holds(today)]

    # --- settings

    def policy(self) -> SecurityPolicy:
        """The settings of security in force."""
        with self.room.database.reading() as connection:
            return self.room.policy(connection)

    def change_settings(self, officer: Officer, values: Mapping[str, str]) -> SecurityPolicy:
        """Change settings of security, all of them or none; every earlier value stays.

        Raises UserError ACCOUNT-SETTING for what there is not or what lies outside its bounds, ACCESS-ROLE.
        """
        problems = [found for key, value in values.items() if (found := setting_problem(key, value))]
        if problems:
            raise UserError(problems)
        with self.room.database.writing(officer.actor, officer.acting_as) as change:
            require_officer(change.connection, self.room, officer, AccountRole.SYSTEM_ADMIN, _SETS)
            _ = change.seq
            before = self.room.policy(change.connection)
            new = {key: value for key, value in values.items() if str(getattr(before, key)) != value}
            rows: list[dict[str, object]] = [
                {"key": key, "value": value, "set_at": change.at, "set_by": officer.name} for key, value in new.items()
            ]
            change.append(SETTING, rows)
            told = {key: [str(getattr(before, key)), value] for key, value in new.items()}
            change.record("setting.change", " ".join(sorted(new)), changed=told)
            return self.room.policy(change.connection)

    def setting_history(self) -> list[tuple[str, str, str, str]]:
        """Every value a setting was given: key, value, when, by whom; the newest first."""
        with self.room.database.reading() as connection:
            query = sa.select(SETTING.c.key, SETTING.c.value, SETTING.c.set_at, SETTING.c.set_by)
            ordered = query.order_by(SETTING.c.seq.desc())
            return [(row.key, row.value, row.set_at, row.set_by) for row in connection.execute(ordered)]


def _refuse_two(username: str, role: AccountRole, held: list[RoleGrant]) -> None:
    others = administrators_of(one.role for one in held) - {role}
    if role in ADMINISTRATORS and others:
        words, other = ACCOUNT_ROLE_WORDS[role], ACCOUNT_ROLE_WORDS[min(others)]
        facts = {"role_zh": words.zh, "role_en": words.en, "other_zh": other.zh, "other_en": other.en}
        raise UserError([problem("ACCOUNT-TWO-ADMINS", Where(username), **facts)])


def _overlap(one: RoleGrant, start: date, end: date | None) -> bool:
    return (end is None or one.valid_from <= end) and (one.valid_to is None or start <= one.valid_to)
