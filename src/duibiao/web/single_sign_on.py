"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636).

The provider says who somebody is; which account that is, a person has linked. What the account may do, the provider
does not say, unless the settings map words of one of its claims to roles — never to one of the three administrators.
"""

import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import yaml
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.accounts import AccountRole, Vault
from duibiao.store.accounts.model import administrators_of

ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
"""Signatures that are taken: never ``none``, never one made with a shared word."""
SCOPE = "openid profile"
LASTS_S = 600
"""How long somebody may take at the provider."""
_TIMEOUT_S = 10.0
_LEEWAY_S = 60
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """A provider of single sign-on (统一身份认证设置), from a YAML file.

    ``issuer``, ``client_id``, ``client_secret``; ``redirect``: our own address of ``/login/sso/back``, as
    registered there; ``name``: how the button calls it; ``claim`` and ``roles``: a claim whose words are roles for
    units, where there is one.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    name: str = ""
    claim: str = ""
    roles: Mapping[str, tuple[AccountRole, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "SingleSignOn":
        """Read the settings; raises UserError LOGIN-SETTINGS for what is missing, unknown or unsafe."""
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise _wrong(path, "文件读不出", f"the file cannot be read: {type(error).__name__}") from error
        names = set(cls.__dataclass_fields__)
        needed = {"issuer", "client_id", "client_secret", "redirect"}
        if not isinstance(found, dict) or not needed <= set(found) <= names:
            words = "、".join(sorted(needed))
            raise _wrong(path, f"须有 {words}，可有 name、claim、roles", f"needs {words}; may have name, claim, roles")
        roles = {str(word): _role(path, str(at)) for word, at in (found.pop("roles", None) or {}).items()}
        made = cls(**{key: str(value) for key, value in found.items()}, roles=roles)
        for address in (made.issuer, made.redirect):
            if not _is_safe(address):
                raise _wrong(path, f"地址须为 https：{address}", f"an address must be https: {address}")
        return made

    def begin(self, vault: Vault, to: str) -> tuple[str, str]:
        """Where to send the browser, and what it keeps until it comes back (sealed; nothing is kept here).

        Raises UserError LOGIN-PROVIDER where the provider cannot be reached.
        """
        about = self._about()
        state, nonce, verifier = generate_token(32), generate_token(32), generate_token(64)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "to": to, "at": int(time.time())}
        return address, vault.seal("sso", self.issuer, json.dumps(kept).encode())

    def finish(self, vault: Vault, kept: str, state: str, code: str) -> tuple[str, list[tuple[AccountRole, str]], str]:
        """Whom the provider vouches for: the subject, mapped roles, and where the visitor wanted to go.

        Raises UserError LOGIN-PROVIDER for an answer nobody here asked for, one that came too late, or a token that
        is not signed by the provider for us and for this very sign-in.
        """
        opened = vault.unseal("sso", self.issuer, kept)
        asked = json.loads(opened) if opened else {}
        if not asked or not code or not hmac.compare_digest(asked["state"].encode(), state.encode()):
            raise _failed("不是从本浏览器发起的登录", "this browser did not begin it")
        if time.time() - asked["at"] > LASTS_S:
            raise _failed("登录用时过长", "it took too long")
        about = self._about()
        try:
            with self._client() as client:
                answer = client.fetch_token(
                    about["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=asked["verifier"]
                )
            keys = KeySet.import_key_set(_get(about["jwks_uri"]))
            claims = self._checked(answer["id_token"], keys, asked["nonce"])
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, KeyError, ValueError) as error:
            raise _failed(
                f"应答无效（{type(error).__name__}）", f"an invalid answer ({type(error).__name__})"
            ) from error
        return claims["sub"], self._mapped(claims), asked["to"]

    def _checked(self, token: str, keys: KeySet, nonce: str) -> dict[str, Any]:
        """The claims of an identity token (OpenID Connect Core 1.0 §3.1.3.7)."""
        found = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(found.claims)
        claims: dict[str, Any] = dict(found.claims)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise ValueError("azp")
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise ValueError("sub")
        return claims

    def _mapped(self, claims: Mapping[str, Any]) -> list[tuple[AccountRole, str]]:
        if not self.claim:
            return []
        words = claims.get(self.claim, [])
        words = [words] if isinstance(words, str) else words if isinstance(words, list) else []
        return [self.roles[word] for word in dict.fromkeys(map(str, words)) if word in self.roles]

    def _about(self) -> dict[str, str]:
        """What the provider says about itself (OpenID Connect Discovery 1.0)."""
        try:
            found = _get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        except (httpx2.HTTPError, ValueError) as error:
            raise _failed("认证服务无法访问", "the provider cannot be reached") from error
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.issuer or not all(_is_safe(str(found.get(name, ""))) for name in names):
            raise _failed("认证服务的说明与设置不符", "the provider does not describe itself as the settings do")
        return {name: str(found[name]) for name in names}

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )


def _get(address: str) -> Any:
    answer = httpx2.get(address, timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def _is_safe(address: str) -> bool:
    """HTTPS, or plain HTTP on this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)


def _role(path: Path, at: str) -> tuple[AccountRole, str]:
    role, _, unit = at.partition("@")
    if role not in set(AccountRole) or not unit:
        raise _wrong(path, f"“{at}”应写作 角色@单位代码", f"'{at}' should be written role@unit")
    if administrators_of([AccountRole(role)]):
        raise _wrong(path, "三类管理员不能由统一身份授予", "no provider makes somebody an administrator")
    return AccountRole(role), unit


def _wrong(path: Path, zh: str, en: str) -> UserError:
    return UserError([problem("LOGIN-SETTINGS", Where(str(path)), zh=zh, en=en)])


def _failed(zh: str, en: str) -> UserError:
    return UserError([problem("LOGIN-PROVIDER", Where("/login/sso"), zh=zh, en=en)])
