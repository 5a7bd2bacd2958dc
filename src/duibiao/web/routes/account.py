"""Signing in and out, and everything about one's own account."""

from typing import Annotated, Any
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.store.accounts import Accounts
from duibiao.store.accounts.limits import RateRule
from duibiao.store.accounts.model import SessionStage
from duibiao.store.accounts.signing_in import totp_address
from duibiao.views.accounts import OwnAccountPage, own_account_page
from duibiao.web.answers import html_answer
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import (
    FORM_COOKIE,
    Needs,
    NotHereError,
    Permission,
    caller_of,
    cookie_name,
    form_seed,
    limit,
    session_token,
)
from duibiao.web.pages import PageRoute, page_route
from duibiao.web.render import fill

router = APIRouter()
HALF_COOKIE = "duibiao_half"
HALF_S = 300
LOGIN_RULE = RateRule("login", 30, 60)
"""How many sign-ins one address may try in a minute, whoever it says it is; an office may share an address."""
NO_SCOPE = frozenset(
    {
        *(Permission.PUBLIC, Permission.OWN_ACCOUNT),
        *(Permission.MANAGE_ACCOUNTS, Permission.GRANT_ROLES, Permission.MANAGE_SETTINGS),
    }
)
"""What no token is for: programs make no accounts, grant no roles and change no settings."""
_PUBLIC = [Depends(Needs(Permission.PUBLIC))]
_OWN = [Depends(Needs(Permission.OWN_ACCOUNT))]
Word = Annotated[str, Form(max_length=400)]
Next = Annotated[str, Form(alias="next", max_length=2000)]


def accounts_of(ask: Question) -> Accounts:
    """The accounts of the data folder; raises NotHereError where there is none."""
    found = ask.cockpit.accounts
    if found is None:
        raise NotHereError(Text("账号（没有数据目录）", "accounts (there is no data folder)"))
    return found


def shown(ask: Question, template: str, status: int = 200, **context: Any) -> Response:
    """A page that no browser and no proxy keeps."""
    answer = html_answer(ask, fill(template, ask, **context), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def back_to(path: str, **query: str) -> Response:
    """Go on to another page after something was done."""
    return RedirectResponse(path + (f"?{urlencode(query)}" if query else ""), 303)


def own_path(path: str) -> str:
    """A path of ours to go on to; the overview for anything that could lead elsewhere."""
    bad = not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or not path.isprintable()
    return "/" if bad or path.startswith(("/login", "/logout")) else path


def keep_session(ask: Question, answer: Response, made: str) -> None:
    """Give the browser a session's token: for our own pages only, out of reach of scripts."""
    https = ask.cockpit.settings.https
    answer.set_cookie(cookie_name(ask.request), made, path="/", httponly=True, samesite="lax", secure=https)
    answer.delete_cookie(HALF_COOKIE, path="/login", httponly=True, samesite="lax", secure=https)


@router.get("/login", include_in_schema=False, dependencies=_PUBLIC)
def sign_in_form(
    ask: Ask,
    to: Annotated[str, Query(alias="next", max_length=2000)] = "/",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The form to sign in."""
    if ask.visitor.is_known:
        return back_to(own_path(to))
    return sign_in_page(ask, to, done=done)


def sign_in_page(ask: Question, to: str, status: int = 200, **context: Any) -> Response:
    """The page to sign in, with the word that binds its form to this browser."""
    plain = {"problems": (), "username": "", "done": "", **context}
    sign_on = ask.request.app.state.single_sign_on
    answer = shown(ask, "account/login.html", status, next=own_path(to), sign_on=sign_on, **plain)
    https = ask.cockpit.settings.https
    answer.set_cookie(FORM_COOKIE, form_seed(ask.request), path="/", httponly=True, samesite="lax", secure=https)
    return answer


@router.post("/login", include_in_schema=False, dependencies=_PUBLIC)
def sign_in(ask: Ask, username: Word = "", password: Word = "", to: Next = "/") -> Response:
    """Sign in with user name and password; a right one leads on, or to the second factor."""
    caller = caller_of(ask.request)
    limit(ask.cockpit.limiter, LOGIN_RULE, caller.address)
    accounts = accounts_of(ask)
    try:
        step = accounts.signing_in.with_password(username, password, caller)
    except UserError as error:
        return sign_in_page(ask, to, 400, problems=error.problems, username=username)
    if step.stage is SessionStage.PASSWORD:
        answer = back_to("/login/code", next=own_path(to))
        https = ask.cockpit.settings.https
        answer.set_cookie(
            HALF_COOKIE, step.token, HALF_S, path="/login", httponly=True, samesite="strict", secure=https
        )
        return answer
    return let_in(ask, accounts, step.token, to)


def let_in(ask: Question, accounts: Accounts, made: str, to: str) -> Response:
    """Go on with a session that was just begun."""
    old = session_token(ask.request)
    if old:  # whatever session this browser brought along ends here
        accounts.sessions.end(old)
    answer = back_to(own_path(to))
    keep_session(ask, answer, made)
    return answer


@router.get("/login/code", include_in_schema=False, dependencies=_PUBLIC)
def code_form(ask: Ask, to: Annotated[str, Query(alias="next", max_length=2000)] = "/") -> Response:
    """The form for the code of the second factor."""
    if HALF_COOKIE not in ask.request.cookies:
        return back_to("/login", next=own_path(to))
    return shown(ask, "account/code.html", next=own_path(to), problems=())


@router.post("/login/code", include_in_schema=False, dependencies=_PUBLIC)
def sign_in_with_code(ask: Ask, code: Word = "", to: Next = "/") -> Response:
    """Finish signing in with a code of the second factor, or a recovery code."""
    caller = caller_of(ask.request)
    limit(ask.cockpit.limiter, LOGIN_RULE, caller.address)
    accounts = accounts_of(ask)
    half = ask.request.cookies.get(HALF_COOKIE, "")
    try:
        step = accounts.signing_in.with_code(half, code, caller)
    except UserError as error:
        if error.problems[0].code == "LOGIN-EXPIRED":
            return sign_in_page(ask, to, 400, problems=error.problems)
        return shown(ask, "account/code.html", 400, next=own_path(to), problems=error.problems)
    return let_in(ask, accounts, step.token, to)


@router.post("/logout", include_in_schema=False, dependencies=_PUBLIC)
def sign_out(ask: Ask) -> Response:
    """Sign out: the session ends on the server, whatever the browser keeps."""
    found = session_token(ask.request)
    if found and ask.cockpit.accounts is not None:
        ask.cockpit.accounts.sessions.end(found)
    answer = back_to("/login", done="out")
    https = ask.cockpit.settings.https
    answer.delete_cookie(cookie_name(ask.request), path="/", httponly=True, samesite="lax", secure=https)
    return answer


@page_route(
    router, "/account", PageRoute("account/own.html", OwnAccountPage, permission=Permission.OWN_ACCOUNT, kept=False)
)
def own_account(ask: Ask) -> OwnAccountPage:
    """One's own account: roles, sessions, tokens."""
    return _own_page(ask)


def _own_page(ask: Question) -> OwnAccountPage:
    accounts = accounts_of(ask)
    found = accounts.sessions.find(session_token(ask.request))
    session = found.session.id if found and found.session else ""
    return own_account_page(accounts, ask.visitor.account, session)


def _own_again(ask: Question, error: UserError) -> Response:
    return shown(ask, "account/own.html", 400, page=_own_page(ask), problems=error.problems)


@router.get("/account/password", include_in_schema=False, dependencies=_OWN)
def password_form(ask: Ask) -> Response:
    """The form to change one's own password."""
    policy = accounts_of(ask).roles.policy()
    return shown(ask, "account/password.html", policy=policy, problems=())


@router.post("/account/password", include_in_schema=False, dependencies=_OWN)
def change_password(ask: Ask, old: Word = "", new: Word = "", again: Word = "") -> Response:
    """Change one's own password: all other sessions end, this one goes on under a new token."""
    accounts = accounts_of(ask)
    if new != again:
        policy = accounts.roles.policy()
        return shown(ask, "account/password.html", 400, policy=policy, problems=(), differ=True)
    try:
        made = accounts.signing_in.change_password(ask.visitor.account, old, new, caller_of(ask.request))
    except UserError as error:
        policy = accounts.roles.policy()
        return shown(ask, "account/password.html", 400, policy=policy, problems=error.problems)
    answer = back_to("/account", done="password")
    keep_session(ask, answer, made)
    return answer


@router.get("/account/totp", include_in_schema=False, dependencies=_OWN)
def totp_form(ask: Ask) -> Response:
    """A new secret as a QR code, made here, and the form for its first code."""
    return _totp_page(ask, accounts_of(ask).signing_in.new_totp())


def _totp_page(ask: Question, secret: str, status: int = 200, **context: Any) -> Response:
    accounts = accounts_of(ask)
    account = accounts.people.find(ask.visitor.account)
    picture = segno.make(totp_address(secret, account.username), error="m")
    drawn = Markup(picture.svg_inline(scale=4, border=4, light="#fff", omitsize=True))  # noqa: S704 - drawn from our own secret, no text in it
    sealed = ask.cockpit.vault.seal("totp-form", account.id, secret.encode())
    plain = {"problems": (), **context}
    return shown(ask, "account/totp.html", status, secret=secret, drawn=drawn, sealed=sealed, account=account, **plain)


@router.post("/account/totp", include_in_schema=False, dependencies=_OWN)
def add_totp(ask: Ask, sealed: Word = "", code: Word = "") -> Response:
    """Turn the second factor on once its first code is right; the recovery codes are shown this once."""
    accounts = accounts_of(ask)
    secret = ask.cockpit.vault.unseal("totp-form", ask.visitor.account, sealed)
    if secret is None:
        return back_to("/account/totp")
    try:
        codes = accounts.signing_in.add_totp(ask.visitor.account, secret.decode(), code)
    except UserError as error:
        return _totp_page(ask, secret.decode(), 400, problems=error.problems)
    return shown(ask, "account/codes.html", codes=codes)


@router.post("/account/totp/remove", include_in_schema=False, dependencies=_OWN)
def remove_totp(ask: Ask, code: Word = "", password: Word = "") -> Response:
    """Turn the second factor off, with password and a last code."""
    signing = accounts_of(ask).signing_in
    try:
        signing.confirm_password(ask.visitor.account, password, caller_of(ask.request))
        signing.remove_totp(ask.visitor.account, code, caller_of(ask.request))
    except UserError as error:
        return _own_again(ask, error)
    return back_to("/account", done="totp")


@router.post("/account/codes", include_in_schema=False, dependencies=_OWN)
def renew_codes(ask: Ask, password: Word = "") -> Response:
    """New recovery codes in the place of the old ones, shown this once."""
    signing = accounts_of(ask).signing_in
    try:
        signing.confirm_password(ask.visitor.account, password, caller_of(ask.request))
        codes = signing.renew_codes(ask.visitor.account)
    except UserError as error:
        return _own_again(ask, error)
    return shown(ask, "account/codes.html", codes=codes)


@router.post("/account/sessions/end", include_in_schema=False, dependencies=_OWN)
def end_session(ask: Ask, session: Word = "") -> Response:
    """End one of one's own sessions; one of somebody else is not there."""
    if not accounts_of(ask).sessions.end_one(ask.visitor.account, session):
        raise NotHereError(Text("会话", "the session"))
    return back_to("/account", done="session")


@router.post("/account/sessions/end-all", include_in_schema=False, dependencies=_OWN)
def end_other_sessions(ask: Ask) -> Response:
    """End every session but this one."""
    accounts_of(ask).sessions.end_all(ask.visitor.account, but=session_token(ask.request))
    return back_to("/account", done="session")


@router.post("/account/tokens", include_in_schema=False, dependencies=_OWN)
def make_token(
    ask: Ask,
    name: Word = "",
    scope: Annotated[list[str] | None, Form(max_length=40)] = None,
    days: Annotated[int, Form(ge=-1, le=10_000)] = 0,
    password: Word = "",
) -> Response:
    """Make a token for a program; its key is shown this once."""
    accounts = accounts_of(ask)
    allowed = {one.value for one in ask.visitor.permissions - NO_SCOPE}
    try:
        accounts.signing_in.confirm_password(ask.visitor.account, password, caller_of(ask.request))
        wanted = scope or []
        scopes = wanted if allowed.issuperset(wanted) else []
        made, key = accounts.tokens.create(ask.visitor.account, name, scopes, days)
    except UserError as error:
        return _own_again(ask, error)
    return shown(ask, "account/token.html", token=made, key=key)


@router.post("/account/tokens/revoke", include_in_schema=False, dependencies=_OWN)
def revoke_token(ask: Ask, token: Word = "") -> Response:
    """Withdraw one of one's own tokens."""
    try:
        accounts_of(ask).tokens.revoke(ask.visitor.account, token)
    except UserError as error:
        return _own_again(ask, error)
    return back_to("/account", done="token")
