"""Single sign-on: to the provider and back; linking one's own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse

from duibiao.kernel.problem import UserError
from duibiao.kernel.text import Text
from duibiao.web.ask import Ask, Question
from duibiao.web.guard import Needs, NotHereError, Permission, caller_of, limit
from duibiao.web.routes.account import LOGIN_RULE, accounts_of, let_in, own_path, sign_in_page
from duibiao.web.single_sign_on import LASTS_S, SingleSignOn

router = APIRouter()
SSO_COOKIE = "duibiao_sso"
_PUBLIC = [Depends(Needs(Permission.PUBLIC))]
Part = Annotated[str, Query(max_length=4000)]


def _provider(ask: Question) -> SingleSignOn:
    found: SingleSignOn | None = ask.request.app.state.single_sign_on
    if found is None:
        raise NotHereError(Text("统一身份认证", "single sign-on"))
    return found


@router.get("/login/sso", include_in_schema=False, dependencies=_PUBLIC)
def to_provider(ask: Ask, to: Annotated[str, Query(alias="next", max_length=2000)] = "/") -> Response:
    """Send the browser to the provider; what it needs to come back stays sealed in a cookie of its own."""
    limit(ask.cockpit.limiter, LOGIN_RULE, caller_of(ask.request).address)
    try:
        address, kept = _provider(ask).begin(ask.cockpit.vault, own_path(to))
    except UserError as error:
        return sign_in_page(ask, to, 502, problems=error.problems)
    answer = RedirectResponse(address, 303)
    https = ask.cockpit.settings.https
    # Lax, since the provider sends the browser back to us from its own pages.
    answer.set_cookie(SSO_COOKIE, kept, LASTS_S, path="/login/sso", httponly=True, samesite="lax", secure=https)
    return answer


@router.get("/login/sso/back", include_in_schema=False, dependencies=_PUBLIC)
def from_provider(ask: Ask, code: Part = "", state: Part = "", error: Part = "") -> Response:
    """The browser comes back from the provider: check everything, then let the linked account in."""
    provider = _provider(ask)
    caller = caller_of(ask.request)
    limit(ask.cockpit.limiter, LOGIN_RULE, caller.address)
    accounts = accounts_of(ask)
    try:
        kept = ask.request.cookies.get(SSO_COOKIE, "")
        subject, mapped, to = provider.finish(ask.cockpit.vault, kept, state, "" if error else code)
        step = accounts.signing_in.with_identity(provider.issuer, subject, caller, mapped)
    except UserError as failed:
        answer = sign_in_page(ask, "/", 400, problems=failed.problems)
    else:
        answer = let_in(ask, accounts, step.token, to)
    answer.delete_cookie(SSO_COOKIE, path="/login/sso", httponly=True, samesite="lax")
    return answer
