"""Who may see and do what: permissions by role, the visitor behind a request, the guard every route carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request

from duibiao.kernel.text import Text
from duibiao.store.accounts import AccountRole

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
_SCHOOL = _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES, Permission.WRITE_ISSUES}
GRANTED: Mapping[AccountRole, frozenset[Permission]] = {
    AccountRole.REPORTER: _SCHOOL | {Permission.REPORT, Permission.SIGN},
    AccountRole.CHECKER: _SCHOOL | {Permission.SIGN},
    AccountRole.HEAD: _SCHOOL | {Permission.SIGN},
    AccountRole.REVIEWER: _SCHOOL | {Permission.REVIEW},
    AccountRole.PUBLISHER: _SCHOOL | {Permission.REVIEW, Permission.PUBLISH},
    AccountRole.PLANNER: _READS | {Permission.READ_ISSUES, Permission.WRITE_ISSUES, Permission.REVIEW_DRAFTS},
    AccountRole.ANALYST: _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES, Permission.WRITE_ISSUES},
    AccountRole.SUPERVISOR: _SCHOOL | {Permission.ACCEPT_ISSUES},
    AccountRole.LEADER: _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES},
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

    ``grants``: which role for which unit; needed where an account has several units.
    """

    account: str = ""
    name: str = ""
    roles: frozenset[AccountRole] = frozenset()
    units: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    csrf: str = field(default="", repr=False)
    grants: frozenset[tuple[AccountRole, str]] = frozenset()

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


class Needs:
    """The guard of a route: refuses visitors without the permission. A test finds it on every route."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> Visitor:
        """The visitor, when they may. Raises NotAllowedError."""
        visitor = visitor_of(request)
        if not visitor.may(self.permission):
            raise NotAllowedError(self.permission, visitor)
        return visitor


def visitor_of(request: Request) -> Visitor:
    """Who sent the request; asked once a request."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    if found is None:
        found = _anonymous(request)
        request.state.visitor = found
    return found


def _anonymous(request: Request) -> Visitor:
    settings = request.app.state.cockpit.settings
    return Visitor(permissions=frozenset({Permission.READ_PUBLISHED}) if settings.open_reading else frozenset())
