"""Pages of one's own account and of the three administrators: what they show, without a password or a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duibiao.kernel.text import Text
from duibiao.metrics.unit import Unit
from duibiao.store.accounts import AccountRole, Accounts, AccountState, Officer
from duibiao.store.accounts.model import ACCOUNT_ROLE_WORDS, ADMINISTRATORS, Account, RoleGrant
from duibiao.store.accounts.policy import SETTING_RULES
from duibiao.store.accounts.trail import TrailFilter
from duibiao.views.audit_words import acting_words, action_words

ON_PAGE = 50
LINES = 100


@dataclass(frozen=True, slots=True)
class GrantItem:
    """A grant as pages show it (授权条目); ``in_force``: it holds today; ``ended`` is empty while it may still hold."""

    id: str
    role: AccountRole
    word: Text
    unit: str
    unit_name: str
    valid_from: str
    valid_to: str
    reason: str
    granted_at: str
    granted_by: str
    in_force: bool
    ended: str


@dataclass(frozen=True, slots=True)
class AccountItem:
    """An account as pages show it (账号条目); times are in UTC."""

    id: str
    username: str
    name: str
    unit: str
    unit_name: str
    is_active: bool
    has_password: bool
    has_totp: bool
    must_change: bool
    created_at: str
    created_by: str
    seen_at: str
    locked_until: str
    grants: tuple[GrantItem, ...]


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """A page of the list of accounts (账号管理页)."""

    title: Text
    text: str
    total: int
    page: int
    pages: int
    accounts: tuple[AccountItem, ...]


@dataclass(frozen=True, slots=True)
class IdentityItem:
    """An identity of a provider (统一身份条目)."""

    issuer: str
    subject: str
    linked_at: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account for an administrator (账号页): with every grant it ever had."""

    title: Text
    account: AccountItem
    identities: tuple[IdentityItem, ...]
    may_reset: bool


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that can be granted (可授角色)."""

    role: AccountRole
    word: Text


@dataclass(frozen=True, slots=True)
class RolesPage:
    """Who is entrusted with what (授权管理页); ``administrators``: who holds the three powers today."""

    title: Text
    text: str
    total: int
    page: int
    pages: int
    accounts: tuple[AccountItem, ...]
    administrators: tuple[AccountItem, ...]
    choices: tuple[RoleChoice, ...]


@dataclass(frozen=True, slots=True)
class SessionItem:
    """A session of the visitor (会话条目); ``is_this``: the one that asks."""

    id: str
    started_at: str
    seen_at: str
    ends_at: str
    address: str
    agent: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class TokenItem:
    """A token of the visitor (令牌条目); ``hint``: how its key begins."""

    id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str
    seen_at: str
    is_alive: bool


@dataclass(frozen=True, slots=True)
class OwnAccountPage:
    """One's own account (本人账号页)."""

    title: Text
    account: AccountItem
    sessions: tuple[SessionItem, ...]
    tokens: tuple[TokenItem, ...]
    identities: tuple[IdentityItem, ...]
    codes_left: int
    token_days: int


@dataclass(frozen=True, slots=True)
class RegisteredUnit:
    """A unit as it is registered (登记单位条目)."""

    code: str
    name: str
    kind: str
    parent: str
    valid_from: str
    valid_to: str
    successors: tuple[str, ...]
    effective: str = ""
    recorded_at: str = ""
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredUnitsPage:
    """The registered units (单位登记页); ``versions``: how one of them was registered, the oldest first."""

    title: Text
    text: str
    total: int
    page: int
    pages: int
    units: tuple[RegisteredUnit, ...]
    unit: str
    versions: tuple[RegisteredUnit, ...]


@dataclass(frozen=True, slots=True)
class SettingItem:
    """A setting with its bounds (设置条目); ``words``: its choices where it is no number."""

    key: str
    label: Text
    meaning: Text
    value: str
    least: int
    most: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What a setting was once set to (设置变更)."""

    key: str
    value: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The settings of security (安全设置页), and who changed them."""

    title: Text
    settings: tuple[SettingItem, ...]
    history: tuple[SettingChange, ...]


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of the audit trail as pages show it (审计条目); ``detail`` as name and value, ``words`` what was done."""

    seq: int
    at: str
    actor: str
    actor_unit: str
    role: str
    role_word: Text
    action: str
    words: Text
    what: str
    detail: tuple[tuple[str, str], ...]
    hash: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of the audit trail (审计记录页), the newest first; ``older``: the line the next page begins before.

    ``actions``: every action the trail holds, by code, in words.
    """

    title: Text
    lines: tuple[TrailLine, ...]
    actions: tuple[tuple[str, Text], ...]
    older: int | None


def accounts_page(accounts: Accounts, under: Sequence[str], text: str, page: int) -> AccountsPage:
    """The accounts of some units and all below them, whose names hold a text."""
    total = accounts.people.count(under=under, text=text)
    found = accounts.people.all(under=under, text=text, limit=ON_PAGE, skip=(page - 1) * ON_PAGE)
    pages = max(1, -(-total // ON_PAGE))
    return AccountsPage(Text("账号", "Accounts"), text, total, page, pages, _items(accounts, found))


def account_page(accounts: Accounts, account: Account) -> AccountPage:
    """One account for an administrator; the secrets of an administrator are reset at the command line only."""
    (item,) = _items(accounts, [account])
    administers = any(grant.role in ADMINISTRATORS and not grant.ended for grant in item.grants)
    return AccountPage(Text(account.name), item, _identities(accounts, account.id), not administers)


def roles_page(accounts: Accounts, under: Sequence[str], text: str, page: int) -> RolesPage:
    """Who is entrusted with what, for a security administrator of some units."""
    listed = accounts_page(accounts, under, text, page)
    holders = {grant.account_id for role in sorted(ADMINISTRATORS) for grant in accounts.roles.holders(role)}
    people = sorted((accounts.people.find(one) for one in holders), key=lambda one: one.username)
    return RolesPage(
        Text("角色与授权", "Roles"),
        text,
        listed.total,
        listed.page,
        listed.pages,
        listed.accounts,
        _items(accounts, people),
        tuple(RoleChoice(role, ACCOUNT_ROLE_WORDS[role]) for role in AccountRole),
    )


def own_account_page(accounts: Accounts, account_id: str, session_id: str) -> OwnAccountPage:
    """The visitor's own account."""
    account = accounts.people.find(account_id)
    (item,) = _items(accounts, [account])
    now = accounts.room.now().isoformat(timespec="microseconds")
    sessions = [
        SessionItem(
            one.id, _minute(one.started_at), _minute(one.seen_at), _minute(one.ends_at), one.caller.address,
            one.caller.agent, one.id == session_id,
        )
        for one in accounts.sessions.of(account_id)
    ]  # fmt: skip
    tokens = [
        TokenItem(
            one.id, one.name, one.hint, one.scopes, _minute(one.created_at), _minute(one.expires_at),
            _minute(one.seen_at), not one.revoked_at and one.expires_at > now,
        )
        for one in accounts.tokens.of(account_id)
    ]  # fmt: skip
    return OwnAccountPage(
        Text("我的账号", "My account"),
        item,
        tuple(sessions),
        tuple(tokens),
        _identities(accounts, account_id),
        accounts.signing_in.codes_left(account_id),
        accounts.roles.policy().token_days,
    )


def registered_units_page(accounts: Accounts, text: str, page: int, unit: str) -> RegisteredUnitsPage:
    """The registered units whose code or name holds a text; with ``unit``, every version of that one."""
    wanted = text.strip()
    tree = accounts.tree()
    found = [one for one in tree.values() if wanted in one.code or wanted in one.name]
    found.sort(key=lambda one: one.code)
    pages = max(1, -(-len(found) // ON_PAGE))
    shown = found[(page - 1) * ON_PAGE : page * ON_PAGE]
    versions = [
        _unit_item(one.unit, one.effective, _minute(one.recorded_at), one.recorded_by)
        for one in (accounts.unit_versions(unit) if unit else ())
    ]
    title = Text("单位登记", "Registered units")
    return RegisteredUnitsPage(
        title, text, len(found), page, pages, tuple(map(_unit_item, shown)), unit, tuple(versions)
    )


def settings_page(accounts: Accounts) -> SettingsPage:
    """The settings of security in force, with their bounds, and every change."""
    policy = accounts.roles.policy()
    settings = [
        SettingItem(key, rule.label, rule.meaning, str(getattr(policy, key)), rule.least, rule.most, rule.words)
        for key, rule in SETTING_RULES.items()
    ]
    changes = [SettingChange(key, value, _minute(at), by) for key, value, at, by in accounts.roles.setting_history()]
    return SettingsPage(Text("安全设置", "Security settings"), tuple(settings), tuple(changes[:ON_PAGE]))


def trail_page(accounts: Accounts, officer: Officer, wanted: TrailFilter, before: int | None) -> TrailPage:
    """A page of the audit trail; raises UserError ACCESS-ROLE."""
    found = accounts.trail.lines(officer, wanted, before=before, limit=LINES + 1)
    lines = [
        TrailLine(
            one.seq, one.at[:19].replace("T", " "), one.actor, one.actor_unit, one.role, acting_words(one.role),
            one.action, action_words(one.action), one.object, _detail(one.detail), one.hash,
        )
        for one in found[:LINES]
    ]  # fmt: skip
    older = found[LINES - 1].seq if len(found) > LINES else None
    actions = tuple((code, action_words(code)) for code in accounts.trail.actions())
    return TrailPage(Text("审计记录", "Audit trail"), tuple(lines), actions, older)


def _items(accounts: Accounts, people: Sequence[Account]) -> tuple[AccountItem, ...]:
    tree, today = accounts.tree(), accounts.room.today()
    grants = accounts.roles.of_many([one.id for one in people])
    locked = accounts.people.locked_until([one.username for one in people])
    return tuple(
        AccountItem(
            id=one.id,
            username=one.username,
            name=one.name,
            unit=one.unit,
            unit_name=_name(tree, one.unit),
            is_active=one.state is AccountState.ACTIVE,
            has_password=one.has_password,
            has_totp=one.has_totp,
            must_change=one.must_change,
            created_at=_minute(one.created_at),
            created_by=one.created_by,
            seen_at=_minute(one.seen_at),
            locked_until=_minute(locked.get(one.username, "")),
            grants=tuple(
                _grant(grant, tree, in_force=grant.holds(today), may_hold=grant.may_hold(today))
                for grant in grants[one.id]
            ),
        )
        for one in people
    )


def _grant(grant: RoleGrant, tree: Mapping[str, Unit], *, in_force: bool, may_hold: bool) -> GrantItem:
    to = grant.valid_to.isoformat() if grant.valid_to else ""
    return GrantItem(
        id=grant.id,
        role=grant.role,
        word=ACCOUNT_ROLE_WORDS[grant.role],
        unit=grant.unit,
        unit_name=_name(tree, grant.unit),
        valid_from=grant.valid_from.isoformat(),
        valid_to=to,
        reason=grant.reason,
        granted_at=_minute(grant.granted_at),
        granted_by=grant.granted_by,
        in_force=in_force,
        ended="" if may_hold else _minute(grant.revoked_at) or to,
    )


def _identities(accounts: Accounts, account_id: str) -> tuple[IdentityItem, ...]:
    found = accounts.people.identities(account_id)
    return tuple(IdentityItem(one.issuer, one.subject, _minute(one.linked_at)) for one in found)


def _unit_item(unit: Unit, effective: str = "", at: str = "", by: str = "") -> RegisteredUnit:
    start, end = str(unit.valid_from or ""), unit.valid_to.isoformat() if unit.valid_to else ""
    kind, successors = unit.kind.value, unit.successors
    return RegisteredUnit(unit.code, unit.name, kind, unit.parent, start, end, successors, effective, at, by)


def _detail(detail: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    shown = {key: value for key, value in detail.items() if key != "rows" and value not in ("", None)}
    return tuple((key, str(value)) for key, value in shown.items())


def _name(tree: Mapping[str, Unit], code: str) -> str:
    return tree[code].name if code in tree else code


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
