"""The settings of security: what each means, its bounds, and its value where nobody changed it.

Defaults and floors follow the application requirements of GB/T 22239-2019 (等保2.0): level 2 is never undercut.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from duibiao.kernel.problem import Problem, Where, problem
from duibiao.kernel.text import Text


class SecondFactor(StrEnum):
    """Who must use a second factor."""

    NOBODY = "nobody"
    ADMINISTRATORS = "administrators"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """The settings of security (安全策略) in force; minutes, hours, days and counts are whole numbers."""

    idle_minutes: int = 30
    session_hours: int = 12
    password_length: int = 10
    password_days: int = 0
    password_history: int = 5
    first_password_days: int = 7
    lock_after: int = 5
    lock_minutes: int = 1
    lock_most_minutes: int = 60
    token_days: int = 365
    second_factor: SecondFactor = SecondFactor.ADMINISTRATORS


@dataclass(frozen=True, slots=True)
class SettingRule:
    """What a setting means and between which values it lies (设置规则); ``words`` for a choice, numbers otherwise."""

    label: Text
    meaning: Text
    least: int = 0
    most: int = 0
    words: tuple[str, ...] = ()


SETTING_RULES: Mapping[str, SettingRule] = {
    "idle_minutes": SettingRule(
        Text("无操作自动退出（分钟）", "idle timeout (minutes)"),
        Text("多久没有操作就要重新登录", "how long a session lives without being used"),
        5, 120,
    ),
    "session_hours": SettingRule(
        Text("会话最长时间（小时）", "longest session (hours)"),
        Text("无论是否在用，到时须重新登录", "after which everybody signs in again"),
        1, 24,
    ),
    "password_length": SettingRule(
        Text("密码最短长度", "shortest password"),
        Text("字符数，另须含四类字符中的三类", "characters; three of four kinds are needed besides"),
        8, 64,
    ),
    "password_days": SettingRule(
        Text("密码有效期（天）", "age of a password (days)"),
        Text("到期须更换，0 为不限", "after which it must be changed; 0: never"),
        0, 365,
    ),
    "password_history": SettingRule(
        Text("不得重复的旧密码数", "old passwords that are refused"),
        Text("新密码不得与最近几次相同", "a new password differs from the last few"),
        1, 24,
    ),
    "first_password_days": SettingRule(
        Text("一次性密码有效期（天）", "age of a one-time password (days)"),
        Text("逾期未用即失效，须重置", "after which it is worth nothing and must be reset"),
        1, 30,
    ),
    "lock_after": SettingRule(
        Text("锁定前允许的连续失败次数", "failures before a lock"),
        Text("达到后锁定，之后每失败一次等待加倍", "then the account waits, twice as long after each further failure"),
        3, 10,
    ),
    "lock_minutes": SettingRule(
        Text("首次锁定（分钟）", "first lock (minutes)"),
        Text("第一次锁定的时间", "how long the first lock lasts"),
        1, 60,
    ),
    "lock_most_minutes": SettingRule(
        Text("最长锁定（分钟）", "longest lock (minutes)"),
        Text("等待加倍的上限", "where doubling ends"),
        10, 1440,
    ),
    "token_days": SettingRule(
        Text("接口令牌最长有效期（天）", "longest life of an API token (days)"),
        Text("新令牌不得超过这个期限", "no new token lives longer"),
        1, 730,
    ),
    "second_factor": SettingRule(
        Text("须用两步验证者", "who needs a second factor"),
        Text("nobody 不要求，administrators 三类管理员，everybody 所有人", "nobody, administrators, everybody"),
        words=tuple(SecondFactor),
    ),
}  # fmt: skip
"""Every setting by its name in ``SecurityPolicy``."""


def setting_problem(key: str, value: str) -> Problem | None:
    """Why a value is refused: ACCOUNT-SETTING where there is no such setting or it lies outside its bounds."""
    rule = SETTING_RULES.get(key)
    if rule is None:
        return problem("ACCOUNT-SETTING", Where(key), key=key, zh="没有这项设置", en="there is no such setting")
    if rule.words:
        wanted = "、".join(rule.words)
        good = value in rule.words
    else:
        wanted = f"{rule.least}–{rule.most}"
        good = value.isascii() and value.isdigit() and rule.least <= int(value) <= rule.most
    if good:
        return None
    zh, en = f"“{value}”应为 {wanted}", f"'{value}' is not one of {wanted}"
    return problem("ACCOUNT-SETTING", Where(key), key=rule.label.zh, zh=zh, en=en)


def policy_with(base: SecurityPolicy, values: Mapping[str, str]) -> SecurityPolicy:
    """A policy with stored values put over it; names it does not know are left alone: a later version wrote them."""
    known = {one.name for one in fields(SecurityPolicy)}
    changed: dict[str, int | SecondFactor] = {}
    for key, value in values.items():
        if key in known:
            changed[key] = SecondFactor(value) if key == "second_factor" else int(value)
    return replace(base, **changed)  # type: ignore[arg-type]  # each value was read by its field's type
