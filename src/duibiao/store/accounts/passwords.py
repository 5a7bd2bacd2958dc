"""Passwords: the rules for a new one, and their hashes (argon2id, RFC 9106 §4, second recommended option)."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from duibiao.kernel.problem import Problem, Where, problem
from duibiao.kernel.text import Text
from duibiao.store.accounts.policy import SecurityPolicy

LONGEST = 128
AT_ONCE = 4
"""How many passwords one process hashes at the same time: each takes 64 MiB."""
_CLEAR = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_KINDS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^a-zA-Z\d]"))
_LOOKALIKE = str.maketrans("@4301!5$7", "aaeoiisst")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv")
_RUN = 5


def one_time_password() -> str:
    """A random password of about 92 bits without letters that look alike, in groups that can be read out."""
    chars = [secrets.choice(_CLEAR) for _ in range(16)]
    return "-".join("".join(chars[start : start + 4]) for start in range(0, 16, 4))


def normal(password: str) -> str:
    """A password as it is hashed: the same character however a keyboard wrote it (RFC 8265 §4.2, NFC)."""
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def weaknesses(password: str, policy: SecurityPolicy, about: Iterable[str] = ()) -> list[Text]:
    """Everything that is wrong with a new password; empty where it may be taken.

    ``about``: what belongs to the account (user name, name, unit) and must not be in it.
    """
    found: list[Text] = []
    length = len(password)
    if length < policy.password_length:
        least = policy.password_length
        found.append(Text(f"只有 {length} 个字符，至少 {least} 个", f"{length} characters, {least} are needed"))
    if length > LONGEST:
        found.append(Text(f"超过 {LONGEST} 个字符", f"more than {LONGEST} characters"))
    if any(unicodedata.category(char) == "Cc" for char in password):
        found.append(Text("含有控制字符", "it holds control characters"))
    if sum(bool(kind.search(password)) for kind in _KINDS) < 3:
        found.append(
            Text(
                "小写、大写、数字、其他字符四类中至少用三类",
                "three of lower case, upper case, digits, others are needed",
            )
        )
    lower = password.casefold()
    if any(part.casefold() in lower for part in about if len(part) >= 2):
        found.append(Text("含有用户名、姓名或单位代码", "it holds the user name, the name or the unit"))
    if _is_common(lower):
        found.append(Text("是常见密码或只在其后加了数字", "it is a common password, or one with digits behind"))
    if re.search(r"(.)\1{3}", lower) or _has_run(lower):
        found.append(Text("含有重复或键盘上连续的字符", "it holds repeated characters or a row of the keyboard"))
    return found


def _is_common(lower: str) -> bool:
    bare = lower.strip("0123456789!@#$%^&*()_+-=.,?~ ")
    plain = lower.translate(_LOOKALIKE)
    letters = "".join(char for char in lower if char.isalpha())
    return bool({lower, plain, bare, bare.translate(_LOOKALIKE), letters} & _common())


def _has_run(lower: str) -> bool:
    pieces = (lower[start : start + _RUN] for start in range(len(lower) - _RUN + 1))
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    return any(piece in row for piece in pieces for row in rows)


def password_problems(password: str, policy: SecurityPolicy, about: Iterable[str] = ()) -> list[Problem]:
    """The weaknesses of a new password as problems PASSWORD-WEAK, one each; the password is in none of them."""
    return [
        problem("PASSWORD-WEAK", Where("password"), zh=weak.zh, en=weak.en)
        for weak in weaknesses(password, policy, about)
    ]


class Hashing:
    """Hashes passwords and compares them (密码散列): argon2id, a few at the same time, always for the same time.

    ``time_cost`` and ``memory_kib`` are lower in tests only.
    """

    def __init__(self, time_cost: int = 3, memory_kib: int = 65_536, parallelism: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """The hash of a password, with its salt and parameters."""
        with self._slots:
            return self._hasher.hash(normal(password))

    def fits(self, stored: str, password: str) -> bool:
        """Whether a password is the one; where there is none to compare with, the work is done all the same."""
        if len(password) > LONGEST:
            return False
        with self._slots:
            try:
                self._hasher.verify(stored or self._nobody, normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)
