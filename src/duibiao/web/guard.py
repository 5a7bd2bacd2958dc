"""Who may see and do what: permissions by role, the visitor behind a request, the guard every route carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request

from duibiao.kernel.text import Text


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


class AccountRole(StrEnum):
    """What an account is entrusted with (角色), each for one unit and what lies below it."""

    REPORTER = "reporter"
    CHECKER = "checker"
    HEAD = "head"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    PLANNER = "planner"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_WORDS: Mapping[AccountRole, Text] = {
    AccountRole.REPORTER: Text("填报人", "reporter"),
    AccountRole.CHECKER: Text("审核人", "checker"),
    AccountRole.HEAD: Text("负责人", "head"),
    AccountRole.REVIEWER: Text("区县或市级审核人员", "reviewing officer"),
    AccountRole.PUBLISHER: Text("发布人员", "publishing officer"),
    AccountRole.PLANNER: Text("规划人员", "planner"),
    AccountRole.ANALYST: Text("分析人员", "analyst"),
    AccountRole.SUPERVISOR: Text("督导人员", "supervisor"),
    AccountRole.LEADER: Text("领导", "leader"),
    AccountRole.SYSTEM_ADMIN: Text("系统管理员", "system administrator"),
    AccountRole.SECURITY_ADMIN: Text("安全管理员", "security administrator"),
    AccountRole.AUDIT_ADMIN: Text("审计管理员", "audit administrator"),
}

_READS = frozenset({Permission.READ_PUBLISHED, Permission.OWN_ACCOUNT})
_SCHOOL = _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES, Permission.WRITE_ISSUES}
GRANTED: Mapping[AccountRole, frozenset[Permission]] = {
    AccountRole.REPORTER: _SCHOOL | {Permission.REPORT, Permission.SIGN},
    AccountRole.CHECKER: _SCHOOL | {Permission.SIGN},
    AccountRole.HEAD: _SCHOOL | {Permission.SIGN},
    AccountRole.REVIEWER: _SCHOOL | {Permission.REVIEW},
    AccountRole.PUBLISHER: _SCHOOL | {Permission.REVIEW, Permission.PUBLISH},
    AccountRole.PLANNER: _READS | {Permission.READ_ISSUES, Permission.REVIEW_DRAFTS},
    AccountRole.ANALYST: _READS | {Permission.READ_RETURNS, Permission.READ_ISSUES},
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
    """Who asks (访问者): nobody known has an empty ``account``; ``units`` are the units the roles were granted for."""

    account: str = ""
    name: str = ""
    roles: frozenset[AccountRole] = frozenset()
    units: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    csrf: str = field(default="", repr=False)

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
