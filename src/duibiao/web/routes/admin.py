"""The pages of the three administrators: accounts and settings, roles, the audit trail; and the registered units."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, params

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.kernel.text import Text
from duibiao.kernel.writing import csv_bytes
from duibiao.store.accounts import AccountRole, AccountState
from duibiao.store.accounts.model import Account
from duibiao.store.accounts.policy import SETTING_RULES
from duibiao.store.accounts.trail import TrailFilter
from duibiao.store.audit import AuditLine
from duibiao.views.accounts import (
    AccountPage,
    AccountsPage,
    RegisteredUnitsPage,
    RolesPage,
    SettingsPage,
    TrailPage,
    account_page,
    accounts_page,
    registered_units_page,
    roles_page,
    settings_page,
    trail_page,
)
from duibiao.web.answers import download
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotHereError, Permission
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.routes.account import Word, accounts_of, back_to, shown

router = APIRouter()
_ACCOUNTS, _ROLES = Permission.MANAGE_ACCOUNTS, Permission.GRANT_ROLES
_AUDIT, _SETTINGS = Permission.READ_AUDIT, Permission.MANAGE_SETTINGS
Search = Annotated[
    str, Query(max_length=60, description="用户名、姓名的一部分，或单位代码。Part of a name, or a unit.")
]
PageNumber = Annotated[int, Query(ge=1, le=100_000, description="第几页。Page.")]
Part = Annotated[str, Query(max_length=60, description="筛选。Part of it.")]
Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="日期。Day, YYYY-MM-DD.")]


def _may(permission: Permission) -> list[params.Depends]:
    return [Depends(Needs(permission))]


@router.get("/admin", include_in_schema=False, dependencies=[Depends(Needs(Permission.OWN_ACCOUNT))])
def start(ask: Ask) -> Response:
    """The first page of administration the visitor may see."""
    for permission, path in ((_ACCOUNTS, "accounts"), (_ROLES, "roles"), (_AUDIT, "audit"), (_SETTINGS, "settings")):
        if ask.visitor.may(permission):
            return back_to(f"/admin/{path}")
    return back_to("/account")


# --- accounts, for the system administrator


@page_route(router, "/admin/accounts", PageRoute("admin/accounts.html", AccountsPage, _ACCOUNTS, kept=False))
def admin_accounts(ask: Ask, q: Search = "", page: PageNumber = 1) -> AccountsPage:
    """The accounts of the visitor's units."""
    return accounts_page(accounts_of(ask), sorted(ask.visitor.units_with(_ACCOUNTS)), q, page)


@router.post("/admin/accounts", include_in_schema=False, dependencies=_may(_ACCOUNTS))
def make_account(ask: Ask, username: Word = "", name: Word = "", unit: Word = "", sso: Word = "") -> Response:
    """Make an account; its one-time password is shown this once."""
    accounts = accounts_of(ask)
    officer = ask.visitor.officer(AccountRole.SYSTEM_ADMIN)
    try:
        made, password = accounts.people.create(officer, username, name, unit.strip(), with_password=not sso)
    except UserError as error:
        typed = {"username": username, "name": name, "unit": unit}
        page = admin_accounts(ask=ask)
        return shown(ask, "admin/accounts.html", 400, page=page, problems=error.problems, typed=typed)
    return shown(ask, "admin/password.html", account=made, password=password)


@page_route(router, "/admin/accounts/{username}", PageRoute("admin/account.html", AccountPage, _ACCOUNTS, kept=False))
def admin_account(ask: Ask, username: str) -> AccountPage:
    """One account with every role it ever had."""
    return account_page(accounts_of(ask), _account(ask, username, _ACCOUNTS))


def _account(ask: Question, username: str, permission: Permission) -> Account:
    """An account of the visitor's units; raises NotHereError for others as for those there are not."""
    accounts = accounts_of(ask)
    try:
        found = accounts.people.find(username)
    except UserError:
        found = None
    if found is None or not ask.visitor.covers(accounts.tree(), found.unit, permission):
        raise NotHereError(Text(f"账号 {username[:40]}", f"account {username[:40]}"))
    return found


@router.post("/admin/accounts/{username}", include_in_schema=False, dependencies=_may(_ACCOUNTS))
def change_account(ask: Ask, username: str, act: Word = "", reason: Word = "") -> Response:
    """Close, open, unlock or reset an account, with a reason."""
    people = accounts_of(ask).people
    account = _account(ask, username, _ACCOUNTS)
    officer = ask.visitor.officer(AccountRole.SYSTEM_ADMIN)
    try:
        if act == "reset":
            password = people.reset_password(officer, account.id, reason)
            return shown(ask, "admin/password.html", account=account, password=password)
        if act in ("close", "open"):
            people.set_state(
                officer, account.id, AccountState.DISABLED if act == "close" else AccountState.ACTIVE, reason
            )
        elif act == "unlock":
            people.unlock(officer, account.id, reason)
        elif act == "totp":
            people.reset_totp(officer, account.id, reason)
        else:
            raise NotHereError(Text(act[:20], act[:20]))
    except UserError as error:
        page = account_page(accounts_of(ask), account)
        return shown(ask, "admin/account.html", 400, page=page, problems=error.problems)
    return back_to(f"/admin/accounts/{account.username}", done=act)


@router.post("/admin/accounts/{username}/identity", include_in_schema=False, dependencies=_may(_ACCOUNTS))
def change_identity(ask: Ask, username: str, issuer: Word = "", subject: Word = "", act: Word = "link") -> Response:
    """Link an identity of a provider to an account, or take it away."""
    people = accounts_of(ask).people
    account = _account(ask, username, _ACCOUNTS)
    officer = ask.visitor.officer(AccountRole.SYSTEM_ADMIN)
    change = people.unlink if act == "unlink" else people.link
    try:
        change(officer, account.id, issuer.strip(), subject.strip())
    except UserError as error:
        page = account_page(accounts_of(ask), account)
        return shown(ask, "admin/account.html", 400, page=page, problems=error.problems)
    return back_to(f"/admin/accounts/{account.username}", done="identity")


# --- roles, for the security administrator


@page_route(router, "/admin/roles", PageRoute("admin/roles.html", RolesPage, _ROLES, kept=False))
def admin_roles(ask: Ask, q: Search = "", page: PageNumber = 1) -> RolesPage:
    """Who is entrusted with what."""
    return roles_page(accounts_of(ask), sorted(ask.visitor.units_with(_ROLES)), q, page)


@router.post("/admin/roles/grant", include_in_schema=False, dependencies=_may(_ROLES))
def grant_role(
    ask: Ask,
    username: Word = "",
    role: Word = "",
    unit: Word = "",
    start: Word = "",
    end: Word = "",
    reason: Word = "",
) -> Response:
    """Entrust a role to an account of the visitor's units."""
    accounts = accounts_of(ask)
    typed = {"username": username, "role": role, "unit": unit, "start": start, "end": end, "reason": reason}
    officer = ask.visitor.officer(AccountRole.SECURITY_ADMIN)
    try:
        account = _account(ask, username.strip().lower(), _ROLES)
        accounts.roles.grant(
            officer,
            account.id,
            _role(role),
            unit.strip() or account.unit,
            valid_from=_day(start),
            valid_to=_day(end),
            reason=reason,
        )
    except NotHereError:
        return _roles_again(ask, UserError([problem("ACCOUNT-UNKNOWN", Where(username[:40]))]), typed)
    except UserError as error:
        return _roles_again(ask, error, typed)
    return back_to("/admin/roles", q=account.username, done="grant")


@router.post("/admin/roles/revoke", include_in_schema=False, dependencies=_may(_ROLES))
def revoke_role(ask: Ask, grant: Word = "", reason: Word = "") -> Response:
    """Withdraw a grant at once, with a reason."""
    accounts = accounts_of(ask)
    try:
        accounts.roles.revoke(ask.visitor.officer(AccountRole.SECURITY_ADMIN), grant, reason)
    except UserError as error:
        return _roles_again(ask, error, {})
    return back_to("/admin/roles", done="revoke")


def _roles_again(ask: Question, error: UserError, typed: Mapping[str, str]) -> Response:
    page = roles_page(accounts_of(ask), sorted(ask.visitor.units_with(_ROLES)), typed.get("username", "")[:60], 1)
    return shown(ask, "admin/roles.html", 400, page=page, problems=error.problems, typed=typed)


def _role(text: str) -> AccountRole:
    try:
        return AccountRole(text)
    except ValueError:
        raise UserError([problem("WEB-PARAMETER", Where("role"), found=text[:40])]) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UserError([problem("WEB-DATE", Where("date"), found=text[:40])]) from None


# --- units and settings, for the system administrator


@page_route(router, "/admin/units", PageRoute("admin/units.html", RegisteredUnitsPage, _ACCOUNTS, kept=False))
def admin_units(ask: Ask, q: Search = "", page: PageNumber = 1, unit: Part = "") -> RegisteredUnitsPage:
    """The registered units, and every version of one of them."""
    return registered_units_page(accounts_of(ask), q, page, unit)


@page_route(router, "/admin/settings", PageRoute("admin/settings.html", SettingsPage, _SETTINGS, kept=False))
def admin_settings(ask: Ask) -> SettingsPage:
    """The settings of security in force, and who changed them."""
    return settings_page(accounts_of(ask))


@router.post("/admin/settings", include_in_schema=False, dependencies=_may(_SETTINGS))
async def change_settings(ask: Ask, request: Request) -> Response:
    """Change settings of security, all of them or none."""
    form = await request.form()
    values = {key: str(form[key]).strip() for key in SETTING_RULES if key in form}
    return _change_settings(ask, values)


def _change_settings(ask: Question, values: Mapping[str, str]) -> Response:
    try:
        accounts_of(ask).roles.change_settings(ask.visitor.officer(AccountRole.SYSTEM_ADMIN), values)
    except UserError as error:
        page = settings_page(accounts_of(ask))
        return shown(ask, "admin/settings.html", 400, page=page, problems=error.problems, typed=values)
    return back_to("/admin/settings", done="settings")


# --- the audit trail, for the audit administrator


@page_route(router, "/admin/audit", PageRoute("admin/audit.html", TrailPage, _AUDIT, kept=False))
def admin_audit(
    ask: Ask,
    action: Part = "",
    actor: Part = "",
    what: Part = "",
    since: Day = "",
    until: Day = "",
    before: Annotated[int | None, Query(ge=1, le=2**53, description="只看此序号之前。Lines before this one.")] = None,
) -> TrailPage:
    """The audit trail, the newest lines first."""
    wanted = TrailFilter(action, actor, what, since, until)
    return trail_page(accounts_of(ask), ask.visitor.officer(AccountRole.AUDIT_ADMIN), wanted, before)


@router.post("/admin/audit/check", include_in_schema=False, dependencies=_may(_AUDIT))
def check_audit(ask: Ask) -> Response:
    """Check the whole chain, every appended row and every payload; the check stands in the trail too."""
    officer = ask.visitor.officer(AccountRole.AUDIT_ADMIN)
    head, problems = accounts_of(ask).trail.check(officer)
    return shown(ask, "admin/checked.html", head=head, problems=problems)


@router.post("/admin/audit/export", include_in_schema=False, dependencies=_may(_AUDIT))
def export_audit(
    ask: Ask, action: Word = "", actor: Word = "", what: Word = "", since: Word = "", until: Word = ""
) -> Response:
    """The lines that fit as CSV, each with who took it out and when; the export stands in the trail too."""
    accounts = accounts_of(ask)
    wanted = TrailFilter(action, actor, what, since, until)
    lines = accounts.trail.export(ask.visitor.officer(AccountRole.AUDIT_ADMIN), wanted)
    mark = f"{ask.visitor.name} {accounts.room.now():%Y-%m-%d %H:%M} UTC"
    rows = [_exported(line, mark) for line in lines]
    columns = [*AuditLine.__dataclass_fields__, "exported"]
    answer = Response(csv_bytes(columns, rows), media_type="text/csv; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return download(answer, f"审计记录-{accounts.room.now():%Y%m%d-%H%M}.csv")


def _exported(line: AuditLine, mark: str) -> dict[str, str]:
    facts = {name: str(getattr(line, name)) for name in AuditLine.__dataclass_fields__ if name != "detail"}
    return {**facts, "detail": json.dumps(dict(line.detail), ensure_ascii=False), "exported": mark}
