"""``duibiao accounts``: the first administrators, and what no administrator may do alone in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer
from rich.table import Table

from duibiao.cli.desk import DEFAULT, DatabaseOption, DataOption, day
from duibiao.cli.options import LangOption
from duibiao.cli.show import Printer
from duibiao.kernel.text import Language
from duibiao.store.accounts import COMMAND_LINE, AccountRole, Accounts, AccountState, Vault
from duibiao.store.accounts.demo import DemonstrationAccount, demonstration_accounts
from duibiao.store.accounts.model import ACCOUNT_ROLE_WORDS
from duibiao.workspace.data_folder import DataFolder

accounts_app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(metavar="USERNAME", help="用户名。User name.")]
UnitOption = Annotated[str, typer.Option("--unit", help="单位代码。Unit.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由，记入审计记录。Why; goes into the audit trail.")]


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """The desk of ``duibiao accounts`` (账号办理台): which data folder, in which language."""

    folder: DataFolder
    printer: Printer

    @contextmanager
    def open(self) -> Iterator[Accounts]:
        """The accounts of the data folder."""
        with self.folder.open_store() as store:
            yield store.accounts(Vault.of_folder(self.folder.folder))


@accounts_app.callback()
def accounts_desk(
    context: typer.Context,
    data: DataOption = DEFAULT,
    database: DatabaseOption = "",
    lang: LangOption = Language.ZH,
) -> None:
    """账号：在服务器上建立账号、授予角色、重置密码；每一步都记入审计记录。Accounts, roles, passwords."""
    context.obj = AccountDesk(DataFolder(data, database), Printer(lang))


@accounts_app.command()
def create(
    context: typer.Context,
    username: Username,
    name: Annotated[str, typer.Option("--name", help="姓名。The person's name.")],
    unit: UnitOption,
    role: Annotated[list[AccountRole] | None, typer.Option("--role", help="角色，可多次。Roles.")] = None,
    single_sign_on: Annotated[
        bool, typer.Option("--single-sign-on", help="只用统一身份认证登录，不设密码。No password.")
    ] = False,
) -> None:
    """新建账号，打印一次性密码，首次登录必须更换。Make an account; its one-time password is printed once."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        made, password = accounts.people.create(COMMAND_LINE, username, name, unit, with_password=not single_sign_on)
        for one in role or ():
            accounts.roles.grant(COMMAND_LINE, made.id, one, unit, reason="duibiao accounts create")
    own.printer.line(f"已建立 created: {made.username}")
    if password:
        tell_password(own.printer, password)


@accounts_app.command("list")
def list_(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="用户名或姓名的一部分，或单位代码。Part of a name, or a unit.")] = "",
) -> None:
    """账号一览：单位、角色、状态、最近使用。Accounts with their roles."""
    own: AccountDesk = context.obj
    printer = own.printer
    with own.open() as accounts:
        people = accounts.people.all(text=text, limit=1000)
        grants = accounts.roles.of_many([one.id for one in people])
        today = accounts.room.today()
    table = Table(box=None)
    heads = (("用户名", "user name"), ("姓名", "name"), ("单位", "unit"), ("角色", "roles"), ("状态", "state"))
    for zh, en in heads:
        table.add_column(printer.t(zh, en))
    for one in people:
        held = [f"{printer.said(ACCOUNT_ROLE_WORDS[g.role])}@{g.unit}" for g in grants[one.id] if g.holds(today)]
        active = one.state is AccountState.ACTIVE
        state = printer.t("在用", "active") if active else printer.t("停用", "closed")
        table.add_row(one.username, one.name, one.unit, " ".join(held) or "—", state)
    printer.console.print(table)


@accounts_app.command()
def grant(
    context: typer.Context,
    username: Username,
    role: Annotated[AccountRole, typer.Option("--role", help="角色。Role.")],
    unit: UnitOption,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="起始日，默认今天。First day.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="截止日，默认长期。Last day.")] = None,
    reason: ReasonOption = "",
) -> None:
    """授予角色：对该单位及其下级有效；三类管理员须由三人分任。Entrust a role for a unit and all below it."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        found = accounts.roles.grant(
            COMMAND_LINE, username, role, unit,
            valid_from=_day(start), valid_to=_day(end), reason=reason,
        )  # fmt: skip
    own.printer.line(f"已授予 granted: {username} {own.printer.said(ACCOUNT_ROLE_WORDS[found.role])}@{found.unit}")


@accounts_app.command()
def revoke(
    context: typer.Context,
    username: Username,
    role: Annotated[AccountRole, typer.Option("--role", help="角色。Role.")],
    unit: UnitOption,
    reason: ReasonOption,
) -> None:
    """撤销角色，立即生效。Withdraw a role at once."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        account = accounts.people.find(username)
        today = accounts.room.today()
        held = [g for g in accounts.roles.of(account.id) if g.role is role and g.unit == unit and g.may_hold(today)]
        for one in held:
            accounts.roles.revoke(COMMAND_LINE, one.id, reason)
    own.printer.line(f"已撤销 withdrawn: {len(held)}")


@accounts_app.command()
def close(context: typer.Context, username: Username, reason: ReasonOption) -> None:
    """停用账号：会话和令牌立即失效，账号不删除。Close an account; its sessions and tokens end at once."""
    _set_state(context, username, AccountState.DISABLED, reason)


@accounts_app.command("open")
def open_(context: typer.Context, username: Username, reason: ReasonOption) -> None:
    """重新启用账号。Open a closed account again."""
    _set_state(context, username, AccountState.ACTIVE, reason)


@accounts_app.command("reset-password")
def reset_password(context: typer.Context, username: Username, reason: ReasonOption) -> None:
    """重置密码，打印一次性密码；管理员的密码只能在这里重置。Reset a password, an administrator's too."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        password = accounts.people.reset_password(COMMAND_LINE, username, reason)
    tell_password(own.printer, password)


@accounts_app.command("reset-totp")
def reset_totp(context: typer.Context, username: Username, reason: ReasonOption) -> None:
    """取消两步验证（设备和恢复码都已丢失时）。Take a lost second factor away."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        accounts.people.reset_totp(COMMAND_LINE, username, reason)
    own.printer.line(f"已取消两步验证 second factor removed: {username}")


@accounts_app.command()
def unlock(context: typer.Context, username: Username, reason: ReasonOption) -> None:
    """解除连续失败造成的锁定。Lift the lock after failures."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        accounts.people.unlock(COMMAND_LINE, username, reason)
    own.printer.line(f"已解锁 unlocked: {username}")


@accounts_app.command()
def link(
    context: typer.Context,
    username: Username,
    issuer: Annotated[str, typer.Option("--issuer", help="统一身份认证的 issuer。The provider's issuer.")],
    subject: Annotated[str, typer.Option("--subject", help="对方的用户标识 sub。The subject there.")],
) -> None:
    """绑定统一身份：此后可用单点登录。Say which identity of a provider the account is."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        accounts.people.link(COMMAND_LINE, username, issuer, subject)
    own.printer.line(f"已绑定 linked: {username}")


@accounts_app.command()
def demo(context: typer.Context) -> None:
    """演示账号：每个角色一个，随机密码只打印一次，只限模拟数据。An account for each role, simulated data only."""
    own: AccountDesk = context.obj
    with own.open() as accounts:
        made = demonstration_accounts(accounts, own.folder.url)
    show_demonstration(own.printer, made)


def show_demonstration(printer: Printer, made: list[DemonstrationAccount]) -> None:
    """Print demonstration accounts with their passwords, which are told this once."""
    table = Table(box=None, title=printer.t("演示账号（模拟数据）", "demonstration accounts (simulated data)"))
    for zh, en in (("角色", "role"), ("用户名", "user name"), ("密码", "password"), ("单位", "unit")):
        table.add_column(printer.t(zh, en), no_wrap=True)
    for one in made:
        table.add_row(printer.said(ACCOUNT_ROLE_WORDS[one.role]), one.username, one.password, one.unit_name)
    printer.console.print(table)


def tell_password(printer: Printer, password: str) -> None:
    """Print a one-time password with what to do with it."""
    printer.line(f"一次性密码 one-time password: [bold]{password}[/]")
    zh = "只显示这一次：当面或用另一条渠道交给本人，首次登录须更换。"
    printer.line(
        printer.t(zh, "It is shown this once: hand it over in person; it must be changed at the first sign-in.")
    )


def _set_state(context: typer.Context, username: str, state: AccountState, reason: str) -> None:
    own: AccountDesk = context.obj
    with own.open() as accounts:
        found = accounts.people.set_state(COMMAND_LINE, username, state, reason)
    own.printer.line(f"{found.username}: {found.state.value}")


def _day(text: str | None) -> date | None:
    return day(text) if text else None
