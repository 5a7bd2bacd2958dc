"""The key of an installation, and what is made with it: keyed hashes, sealed secrets, random tokens.

The key lies in a file beside the store, never in the data base: who copies the data base alone can neither read a
second factor's secret nor try out recovery codes.
"""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.durable import sync_folder

SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file
KEY_BYTES = 32
_NONCE = 12


def token() -> str:
    """A new random token of 256 bits, in 43 characters that need no quoting in a URL or a cookie."""
    return secrets.token_urlsafe(KEY_BYTES)


def token_hash(value: str) -> str:
    """The SHA-256 of a random token, in hexadecimal: 256 random bits need neither salt nor slowness."""
    return hashlib.sha256(value.encode()).hexdigest()


class Vault:
    """The key of an installation (密钥库) and what is done with it; a key of its own for each purpose."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that is not 32 bytes long."""
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._key = key

    @classmethod
    def of_folder(cls, folder: Path) -> "Vault":
        """The key of a data folder, made at the first call, readable for its owner only.

        Raises UserError ACCOUNT-SECRET where the file is not a key or others may read it.
        """
        path = folder / SECRET_FILE
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        return cls(_read_key(path))

    def keyed(self, purpose: str, text: str) -> str:
        """A hash of a text that nobody without the key can make, in hexadecimal (HMAC-SHA-256, RFC 2104)."""
        return hmac.new(self._derived(purpose), text.encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, owner: str, content: bytes) -> str:
        """Encrypt a secret so that only this installation can read it, and only for its owner (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._derived(purpose)).encrypt(nonce, content, owner.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, purpose: str, owner: str, sealed: str) -> bytes | None:
        """The secret of ``seal``; None where it was altered, sealed for another owner, or with another key."""
        try:
            raw = base64.urlsafe_b64decode(sealed.encode())
            return AESGCM(self._derived(purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
        except (InvalidTag, ValueError):
            return None

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).digest()


def _make_key(path: Path) -> None:
    # Written beside and then given its name, which fails where another process was quicker: nobody reads half a key.
    beside = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def _read_key(path: Path) -> bytes:
    open_to_others = os.name == "posix" and path.stat().st_mode & 0o077
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except ValueError:
        key = b""
    if open_to_others or len(key) != KEY_BYTES:
        zh = "其他用户可以读取" if open_to_others else "内容不是 32 字节的密钥"
        en = "other users may read it" if open_to_others else "it does not hold a key of 32 bytes"
        raise UserError([problem("ACCOUNT-SECRET", Where(str(path)), zh=zh, en=en)])
    return key
