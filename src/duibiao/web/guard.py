"""Who may see and do what: permissions by role, the visitor behind a request, the guard every route carries."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from duibiao.kernel.text import Text
from duibiao.store.accounts import AccountRole, Accounts, Caller, Officer, SignedIn
from duibiao.store.accounts.limits import Limiter, RateRule
from duibiao.store.accounts.model import SignInWay
from duibiao.store.accounts.vault import token
from duibiao.store.units import UnitTree

SESSION_COOKIE, FORM_COOKIE = "duibiao_session", "duibiao_form"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

__all__ = ["GRANTED", "AccountRole", "Needs", "NotAllowedError", "NotHereError", "Permission", "Visitor", "visitor_of"]


class Permission(StrEnum):
    """What a route asks for (权限)."""

    PUBLIC = "public"  # signing in, static files, health
    READ_PUBLISHED = "read_published"
    READ_RETURNS = "read_returns"
    REPORT = "report"
    SIGN = "sign"
    REVIEW = "review"
    PUBLISH = "publish"
    READ_EVALUATIONS = "read_evaluations"
    READ_ISSUES = "read_issues"
    WRITE_ISSUES = "write_issues"
    ACCEPT_ISSUES = "accept_issues"
    REVIEW_DRAFTS = "review_drafts"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"
    MANAGE_SETTINGS = "manage_settings"
    OWN_ACCOUNT = "own_account"


_READS = frozenset({Permission.READ_PUBLISHED, Permission.OWN_ACCOUNT})
_JUDGES = _READS | {Permission.READ_EVALUATIONS}
_SCHOOL = _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES, Permission.WRITE_ISSUES}
GRANTED: Mapping[AccountRole, frozenset[Permission]] = {
    AccountRole.REPORTER: _SCHOOL | {Permission.REPORT, Permission.SIGN},
    AccountRole.CHECKER: _SCHOOL | {Permission.SIGN},
    AccountRole.HEAD: _SCHOOL | {Permission.SIGN},
    AccountRole.REVIEWER: _SCHOOL | {Permission.REVIEW},
    AccountRole.PUBLISHER: _SCHOOL | _JUDGES | {Permission.REVIEW, Permission.PUBLISH},
    AccountRole.PLANNER: _JUDGES | {Permission.READ_ISSUES, Permission.WRITE_ISSUES, Permission.REVIEW_DRAFTS},
    AccountRole.ANALYST: _JUDGES | {Permission.READ_RETURNS, Permission.READ_ISSUES, Permission.WRITE_ISSUES},
    AccountRole.SUPERVISOR: _SCHOOL | _JUDGES | {Permission.ACCEPT_ISSUES},
    AccountRole.LEADER: _JUDGES | {Permission.READ_RETURNS, Permission.READ_ISSUES},
    AccountRole.SYSTEM_ADMIN: frozenset(
        {Permission.OWN_ACCOUNT, Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SETTINGS}
    ),
    AccountRole.SECURITY_ADMIN: frozenset({Permission.OWN_ACCOUNT, Permission.GRANT_ROLES}),
    AccountRole.AUDIT_ADMIN: frozenset({Permission.OWN_ACCOUNT, Permission.READ_AUDIT}),
}
"""Administrators read no figures: who runs the system does not report, and who reports does not run it (三权分立)."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks (访问者): nobody known has an empty ``account``; ``units`` are the units the roles were granted for.

    ``name`` is how the store writes what the visitor does, with the user name: two people may have one name.
    ``grants``: which role for which unit. ``first`` is the page they must go to before any other (a one-time password,
    a second factor that is asked for); ``by_token``: a program, with a key and no browser.
    """

    account: str = ""
    name: str = ""
    roles: frozenset[AccountRole] = frozenset()
    units: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    csrf: str = field(default="", repr=False)
    grants: frozenset[tuple[AccountRole, str]] = frozenset()
    first: str = ""
    by_token: bool = False

    def units_for(self, role: AccountRole) -> frozenset[str]:
        """The units a role was granted for. Without ``grants`` only one unit can be told: several answer with none."""
        if self.grants:
            return frozenset(unit for held, unit in self.grants if held is role)
        return self.units if role in self.roles and len(self.units) == 1 else frozenset()

    @property
    def is_known(self) -> bool:
        """Whether somebody signed in."""
        return bool(self.account)

    def may(self, permission: Permission) -> bool:
        """Whether a permission was granted."""
        return permission is Permission.PUBLIC or permission in self.permissions

    def units_with(self, permission: Permission) -> frozenset[str]:
        """The units whose subtrees a permission was granted for."""
        if permission not in self.permissions:
            return frozenset()
        return frozenset(unit for role, unit in self.grants if permission in GRANTED[role])

    def covers(self, tree: UnitTree, unit: str, permission: Permission) -> bool:
        """Whether a permission holds for a unit: it, or one above it, is a unit of a role that has it."""
        return any(tree.covers(top, unit) for top in self.units_with(permission))

    def officer(self, role: AccountRole) -> Officer:
        """The visitor as one of the administrators. Raises LookupError where they are none."""
        unit = min((unit for held, unit in self.grants if held is role), default=None)
        if unit is None:
            raise LookupError(role)
        return Officer(self.account, self.name, unit, role)


class NotAllowedError(Exception):
    """The visitor lacks a permission: known visitors are told so, others are asked to sign in."""

    def __init__(self, permission: Permission, visitor: Visitor) -> None:
        self.permission, self.visitor = permission, visitor
        super().__init__(permission.value)


class NotHereError(LookupError):
    """What was asked for does not exist, or lies outside what the visitor may see: both look the same."""

    def __init__(self, what: Text) -> None:
        self.what = what
        super().__init__(what.zh)


class FirstError(Exception):
    """The visitor must change a password or add a second factor before anything else."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


class ForgedError(Exception):
    """A request that changes something did not come from one of our own forms."""


class TooManyError(Exception):
    """More requests than the limit; ``wait_s``: after how many seconds to come again."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(wait_s)


class Needs:
    """The guard of a route: refuses visitors without the permission. A test finds it on every route.

    ``within``: the name of the parameter of the address that names a unit; a unit outside the visitor's is not told
    from one that does not exist. A request that changes something must come from one of our own forms.
    """

    def __init__(self, permission: Permission, within: str = "") -> None:
        self.permission, self.within = permission, within

    async def __call__(self, request: Request) -> Visitor:
        """The visitor, when they may. Raises NotAllowedError, NotHereError, FirstError, ForgedError, TooManyError."""
        # Somebody nobody knows is told from the request alone; only a session or a key is looked up in the store.
        waits = bool(self.within or _credential(request)) or request.app.state.cockpit.settings.workers > 1
        visitor = await run_in_threadpool(self._known, request) if waits else self._known(request)
        if request.method not in SAFE and not visitor.by_token and not await _own_form(request, visitor):
            raise ForgedError
        return visitor

    def _known(self, request: Request) -> Visitor:
        visitor = visitor_of(request)
        _count(request, visitor)
        if not visitor.may(self.permission):
            raise NotAllowedError(self.permission, visitor)
        if visitor.first and self.permission not in (Permission.PUBLIC, Permission.OWN_ACCOUNT):
            raise FirstError(visitor.first)
        if self.within:
            require_within(request, visitor, request.path_params[self.within], self.permission)
        return visitor


def require_within(request: Request, visitor: Visitor, unit: str, permission: Permission) -> None:
    """Raise NotHereError for a unit outside the visitor's: no telling whether it exists."""
    accounts = request.app.state.cockpit.accounts
    if accounts is None or not visitor.covers(accounts.tree(), unit, permission):
        raise NotHereError(Text(f"单位 {unit}", f"unit {unit}"))


def visitor_of(request: Request) -> Visitor:
    """Who sent the request; asked once a request."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is None:
        # Nobody, until we know: the page that tells of a data base that is away is made without asking it again.
        request.state.visitor = nobody = _anonymous(request)
        found = _signed_in(request) or nobody
        request.state.visitor = found
    return found


def cookie_name(request: Request) -> str:
    """The cookie of a session; behind HTTPS a browser lets no other host and no plain connection set it."""
    return f"__Host-{SESSION_COOKIE}" if request.app.state.cockpit.settings.https else SESSION_COOKIE


def session_token(request: Request) -> str:
    """The token of the session the request belongs to; empty where there is none."""
    return request.cookies.get(cookie_name(request), "")


def caller_of(request: Request) -> Caller:
    """From where a request comes."""
    return Caller(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def form_seed(request: Request) -> str:
    """What binds the forms of somebody who is not signed in to their browser; made where the browser has none yet."""
    known = request.cookies.get(FORM_COOKIE, "")
    if not 20 <= len(known) <= 64:
        known = getattr(request.state, "form_seed", "") or token()
        request.state.form_seed = known
    return known


def _is_by_token(request: Request) -> bool:
    """Whether a program asks with its key; only the API takes one."""
    bearer = request.headers.get("authorization", "")
    return bearer.lower().startswith("bearer ") and request.url.path.startswith("/api/")


def _credential(request: Request) -> str:
    """The key of a program or the token of a session; empty where there is neither."""
    return request.headers["authorization"][7:].strip() if _is_by_token(request) else session_token(request)


def _signed_in(request: Request) -> Visitor | None:
    cockpit = request.app.state.cockpit
    by_token, value = _is_by_token(request), _credential(request)
    accounts = cockpit.accounts if value else None
    if accounts is None:
        return None
    found: SignedIn | None = accounts.tokens.find(value) if by_token else accounts.sessions.find(value)
    if found is None:
        return None
    allowed: frozenset[Permission] = frozenset({Permission.OWN_ACCOUNT}).union(*(GRANTED[one] for one in found.roles))
    if found.scopes is not None:
        allowed = frozenset(one for one in allowed if one.value in found.scopes)
    elif cockpit.settings.open_reading:
        allowed |= {Permission.READ_PUBLISHED}
    return Visitor(
        account=found.account.id,
        name=found.account.signature,
        roles=found.roles,
        units=frozenset(grant.unit for grant in found.grants),
        permissions=allowed,
        csrf=cockpit.vault.keyed("form", value),
        grants=frozenset((grant.role, grant.unit) for grant in found.grants),
        first=_first(accounts, found),
        by_token=by_token,
    )


def _first(accounts: Accounts, found: SignedIn) -> str:
    if found.session is None:
        return ""
    by_password = found.session.way is SignInWay.PASSWORD
    old = by_password and accounts.signing_in.password_expired(found.account.password_at, accounts.roles.policy())
    if by_password and (found.account.must_change or old):
        return "/account/password"
    return "/account/totp" if found.must_add_totp else ""


def _anonymous(request: Request) -> Visitor:
    cockpit = request.app.state.cockpit
    allowed = frozenset({Permission.READ_PUBLISHED}) if cockpit.settings.open_reading else frozenset()
    if allowed and not cockpit.has_store:  # nobody can have an account: who sits at the machine reads what lies on it
        allowed |= {Permission.READ_EVALUATIONS}
    return Visitor(permissions=allowed, csrf=cockpit.vault.keyed("form", form_seed(request)))


async def _own_form(request: Request, visitor: Visitor) -> bool:
    """Whether a request brings the word our forms carry, which is bound to the session of this browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    given = request.headers.get("x-csrf-token", "")
    if not given:
        form = await request.form()
        found = form.get("csrf")
        given = found if isinstance(found, str) else ""
    return bool(visitor.csrf) and hmac.compare_digest(given.encode(), visitor.csrf.encode())


def _count(request: Request, visitor: Visitor) -> None:
    """Count a request to the API, by account or address; raises TooManyError."""
    cockpit = request.app.state.cockpit
    if request.url.path.startswith("/api/"):
        rule = RateRule("api", cockpit.settings.api_per_minute, 60)
        limit(cockpit.limiter, rule, visitor.account or caller_of(request).address)


def limit(limiter: Limiter, rule: RateRule, key: str) -> None:
    """Count one more; raises TooManyError over the limit."""
    wait = limiter.wait_s(rule, key)
    if wait:
        raise TooManyError(wait)
