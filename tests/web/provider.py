"""A small real provider of OpenID Connect on loopback: it checks what a provider checks, and can be made to lie."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "duibiao-test", "client secret of a test"


@dataclass
class Provider:
    """The provider: who is signed in there (``subject``), which lie it tells, what it was asked."""

    redirect: str
    issuer: str = ""
    subject: str = "u-1001"
    lie: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to; raises ValueError for a request no provider takes."""
        fixed = {"client_id": CLIENT, "redirect_uri": self.redirect, "response_type": "code"}
        if any(query.get(name) != value for name, value in fixed.items()) or "openid" not in query["scope"].split():
            raise ValueError("client")
        if query.get("code_challenge_method") != "S256" or not query["code_challenge"] or not query["nonce"]:
            raise ValueError("without PKCE or nonce")
        code = f"code-{len(self.codes)}-{time.time_ns()}"
        self.codes[code] = query
        return f"{self.redirect}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, str]:
        """The answer for a code; a code works once, for its client, with its verifier."""
        if authorization != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            raise ValueError("client")
        query = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            raise ValueError("verifier")
        if form["redirect_uri"] != self.redirect or form["grant_type"] != "authorization_code":
            raise ValueError("redirect")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300,
            "nonce": query["nonce"], **self.extra,
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "of another sign-in"},
            "audience": {"aud": "somebody else"},
            "issuer": {"iss": "http://127.0.0.1:1"},
            "expired": {"iat": now - 900, "exp": now - 600},
            "party": {"aud": [CLIENT, "other"], "azp": "other"},
            "nobody": {"sub": ""},
        }
        claims |= lies.get(self.lie, {})
        key: Any = self.key
        header = {"alg": "RS256", "kid": "one"}
        if self.lie == "key":
            key = RSAKey.generate_key(2048, {"kid": "one"})
        if self.lie == "shared":  # signed with what everybody knows: the public key taken as a shared word
            header, key = {"alg": "HS256", "kid": "one"}, OctKey.import_key(self.key.as_pem(private=False))
        token = jwt.encode(header, claims, key)
        if self.lie == "none":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            token = f"{head}.{token.split('.')[1]}."
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def providing(redirect: str) -> Iterator[Provider]:
    """The provider behind a real HTTP server on a free port."""
    provider = Provider(redirect)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/.well-known/openid-configuration":
                places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
                issuer = "http://127.0.0.1:9" if provider.lie == "about" else provider.issuer
                self.say({"issuer": issuer, **{name: provider.issuer + path for name, path in places.items()}})
            elif parts.path == "/jwks":
                self.say(KeySet([provider.key]).as_dict(private=False))
            elif parts.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if provider.lie == "away":  # the line breaks while the code is being changed for a token
                return
            try:
                self.say(provider.token(form, self.headers.get("Authorization", "")))
            except (KeyError, ValueError):
                self.say({"error": "invalid_grant"}, 400)

        def say(self, found: Any, status: int = 200) -> None:
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
