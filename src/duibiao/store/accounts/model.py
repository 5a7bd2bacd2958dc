"""What an account is and what it may be entrusted with, as plain values; no data base here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from duibiao.kernel.text import Text
from duibiao.store.workflow import Actor, ActorRole


class AccountRole(StrEnum):
    """What an account is entrusted with, for a unit and everything below it."""

    REPORTER = "reporter"  # 填报人
    CHECKER = "checker"  # 审核人 of the reporting unit itself
    HEAD = "head"  # 负责人
    REVIEWER = "reviewer"  # 区县、市级审核
    PUBLISHER = "publisher"
    PLANNER = "planner"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"  # 督导
    LEADER = "leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ACCOUNT_ROLE_WORDS = {
    AccountRole.REPORTER: Text("填报人", "reporter"),
    AccountRole.CHECKER: Text("本单位审核人", "checker"),
    AccountRole.HEAD: Text("本单位负责人", "head"),
    AccountRole.REVIEWER: Text("区县（市）审核", "reviewer"),
    AccountRole.PUBLISHER: Text("发布人", "publisher"),
    AccountRole.PLANNER: Text("规划人员", "planner"),
    AccountRole.ANALYST: Text("分析人员", "analyst"),
    AccountRole.SUPERVISOR: Text("督导人员", "supervisor"),
    AccountRole.LEADER: Text("领导", "leader"),
    AccountRole.SYSTEM_ADMIN: Text("系统管理员", "system administrator"),
    AccountRole.SECURITY_ADMIN: Text("安全管理员", "security administrator"),
    AccountRole.AUDIT_ADMIN: Text("审计管理员", "audit administrator"),
}
ADMINISTRATORS = frozenset({AccountRole.SYSTEM_ADMIN, AccountRole.SECURITY_ADMIN, AccountRole.AUDIT_ADMIN})
"""The three powers that are kept apart (三权分立, GB/T 22239-2019 level 3): no account holds two of them."""


class AccountState(StrEnum):
    """Whether an account may sign in; accounts are never removed, the trail names them."""

    ACTIVE = "active"
    DISABLED = "disabled"


class SessionStage(StrEnum):
    """How far a session has come."""

    PASSWORD = "password"  # noqa: S105 - the second factor is still asked for
    FULL = "full"


class SignInWay(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, no password
    SINGLE_SIGN_ON = "single_sign_on"


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role entrusted to an account (授权) for a unit and all below it, from a day on and to a day or without end.

    ``id`` is empty where it came from the provider of a single sign-on by a mapping: it holds for the session only.
    """

    id: str
    account_id: str
    role: AccountRole
    unit: str
    valid_from: date
    valid_to: date | None
    reason: str
    granted_at: str
    granted_by: str
    revoked_at: str = ""
    revoked_by: str = ""

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return not self.revoked_at and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def may_hold(self, day: date) -> bool:
        """Whether it is in force on a day or will be later."""
        return not self.revoked_at and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in (账号); no password and no secret is in it."""

    id: str
    username: str
    name: str
    unit: str
    state: AccountState
    has_password: bool
    must_change: bool
    password_at: str
    totp_at: str
    created_at: str
    created_by: str
    seen_at: str

    @property
    def has_totp(self) -> bool:
        """Whether a second factor is asked for."""
        return bool(self.totp_at)

    @property
    def signature(self) -> str:
        """How the account is written under what it does: two people may have one name, no two have one user name."""
        return f"{self.name}（{self.username}）"


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts on accounts (账号操作人): an account in one of its roles; with neither, the command line."""

    account_id: str
    name: str
    unit: str
    role: AccountRole | None

    @property
    def actor(self) -> Actor:
        """As the audit trail names it."""
        return Actor(self.name, self.unit, ActorRole.SYSTEM)

    @property
    def acting_as(self) -> str:
        """What the audit trail calls the role."""
        return self.role.value if self.role else ActorRole.SYSTEM.value


COMMAND_LINE = Officer("", "duibiao", "", None)
"""Whoever may run the program on the server: the first administrators are made there."""


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody signs in (来访来源): network address and browser, shortened to what a person can read."""

    address: str
    agent: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", _printable(self.address)[:64])
        object.__setattr__(self, "agent", _printable(self.agent)[:160])


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


@dataclass(frozen=True, slots=True)
class SessionState:
    """One session of an account (会话); ``id`` names it to its owner, the token is nowhere in it."""

    id: str
    account_id: str
    stage: SessionStage
    way: SignInWay
    caller: Caller
    started_at: str
    seen_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is asking (已登录者): the account, its session or token, and the roles in force today."""

    account: Account
    grants: tuple[RoleGrant, ...]
    session: SessionState | None
    scopes: frozenset[str] | None = None
    must_add_totp: bool = False

    @property
    def roles(self) -> frozenset[AccountRole]:
        """The roles in force today, for whichever unit."""
        return frozenset(grant.role for grant in self.grants)

    def officer(self, role: AccountRole) -> Officer | None:
        """The account as it acts in one of its roles; None where it does not hold it today."""
        found = next((grant for grant in self.grants if grant.role is role), None)
        return Officer(self.account.id, self.account.signature, found.unit, role) if found else None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key of an account for programs (接口令牌): what for and until when; the key itself is kept nowhere."""

    id: str
    account_id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str
    revoked_at: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An account's identity at a provider of single sign-on (统一身份), as the provider names it."""

    issuer: str
    subject: str
    account_id: str
    linked_at: str
    linked_by: str


def administrators_of(roles: Iterable[AccountRole]) -> frozenset[AccountRole]:
    """Which of the three administrators are among some roles."""
    return ADMINISTRATORS & frozenset(roles)
