"""Demonstration accounts, one for each role, with random passwords told once — in a simulated store only."""

from collections.abc import Mapping
from dataclasses import dataclass

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.metrics.unit import UnitKind
from duibiao.store.accounts.accounts import Accounts
from duibiao.store.accounts.model import ACCOUNT_ROLE_WORDS, COMMAND_LINE, AccountRole, AccountState
from duibiao.store.accounts.passwords import one_time_password
from duibiao.store.accounts.people import end_sessions, store_password
from duibiao.store.accounts.rows import account_row
from duibiao.store.schema import ACCOUNT
from duibiao.store.units import UnitTree

_AT_SCHOOL = (AccountRole.REPORTER, AccountRole.CHECKER, AccountRole.HEAD)


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """A demonstration account (演示账号) with its password, which is kept nowhere."""

    username: str
    password: str
    role: AccountRole
    unit: str
    unit_name: str


def demonstration_accounts(accounts: Accounts, place: str) -> list[DemonstrationAccount]:
    """Make an account for each role, a reviewer also for the city, a reporter also for the district; new passwords
    where they exist.

    The people of a school, its district, and the city they belong to act on the same returns. ``place``: how a message
    calls the store. Raises UserError ACCOUNT-DEMO-REAL in a store of real data.
    """
    if not accounts.simulated:
        raise UserError([problem("ACCOUNT-DEMO-REAL", Where(place))])
    with accounts.room.database.reading() as connection:
        tree = accounts.room.tree(connection)
    top, district, school = _example_units(tree)
    wanted: list[tuple[str, AccountRole, str]] = []
    for role in AccountRole:
        unit = school if role in _AT_SCHOOL else district if role is AccountRole.REVIEWER else top
        wanted.append((f"demo-{role.value.replace('_', '-')}", role, unit))
    wanted.append(("demo-city-reviewer", AccountRole.REVIEWER, top))
    # A district reports forms of its own, and those it was asked to fill in for a school.
    wanted.append(("demo-district-reporter", AccountRole.REPORTER, district))
    return [_made(accounts, tree, *one) for one in wanted]


def _made(
    accounts: Accounts, tree: Mapping[str, object], username: str, role: AccountRole, unit: str
) -> DemonstrationAccount:
    room = accounts.room
    known = {account.username: account for account in accounts.people.all(text=username)}
    if username not in known:
        accounts.people.create(COMMAND_LINE, username, f"演示{ACCOUNT_ROLE_WORDS[role].zh}", unit, with_password=False)
    account = accounts.people.find(username)
    if not any(grant.role is role and grant.holds(room.today()) for grant in accounts.roles.of(account.id)):
        accounts.roles.grant(COMMAND_LINE, username, role, unit, reason="演示")
    password = one_time_password()
    hashed = room.hashing.hash(password)
    with room.database.writing(COMMAND_LINE.actor, COMMAND_LINE.acting_as) as change:
        row = account_row(change.connection, account.id, lock=True)
        opened = {"state": AccountState.ACTIVE.value, "unit": unit}
        change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == row.id).values(**opened))
        keep = room.policy(change.connection).password_history
        store_password(change, row.id, hashed, must_change=False, keep=keep)
        end_sessions(change.connection, row.id)
        change.record("account.demonstration", username, role=role.value, unit=unit)
    name = getattr(tree[unit], "name", unit)
    return DemonstrationAccount(username, password, role, unit, name)


def _example_units(tree: UnitTree) -> tuple[str, str, str]:
    """A city, one of its districts, and a school of it; the highest unit stands in where there is none below."""
    units = sorted(tree.values(), key=lambda unit: unit.code)
    school = next((unit for unit in units if unit.kind is UnitKind.SCHOOL and _has_district(tree, unit.code)), None)
    if school is None:
        top = next((unit.code for unit in units if unit.parent not in tree), "")
        return top, top, top
    above = tree.above(school.code)
    district = next(unit for unit in above if unit.kind is UnitKind.DISTRICT)
    return above[-1].code, district.code, school.code


def _has_district(tree: UnitTree, code: str) -> bool:
    return any(unit.kind is UnitKind.DISTRICT for unit in tree.above(code))
