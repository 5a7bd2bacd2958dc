"""Signing in: the password, the second factor, the identity of a provider; the own password and second factor.

An attempt is counted before it is looked at, so that a hundred at the same moment are a hundred. A user name that does
not exist is treated in every way like one that does: same answer, same work, same lock.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import sqlalchemy as sa

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.accounts.model import AccountRole, AccountState, Caller, SessionStage, SignInWay, administrators_of
from duibiao.store.accounts.passwords import normal, password_problems
from duibiao.store.accounts.people import end_sessions, failure_key, folded_username, store_password
from duibiao.store.accounts.policy import SecurityPolicy
from duibiao.store.accounts.rows import AccountRoom, account_row, stamp
from duibiao.store.accounts.sessions import HALF_MINUTES, holder, start_session
from duibiao.store.accounts.vault import token_hash
from duibiao.store.schema import ACCOUNT, FAILURE, IDENTITY, PASSWORD, RECOVERY, SESSION
from duibiao.store.workflow import Actor, ActorRole

TOTP = "totp"
CODES = 10
FORGETS_H = 24
"""After how many hours without a failure the earlier ones are forgotten."""
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_STRANGER = (Actor("—", "", ActorRole.SYSTEM), "stranger")


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What a right password leads to (登录结果): the token of a session, and whether a second factor is still asked."""

    token: str
    stage: SessionStage


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Signing in and the secrets of one's own account (登录与本人凭据)."""

    room: AccountRoom

    def with_password(self, username: str, password: str, caller: Caller) -> SignInStep:
        """Sign in; raises UserError LOGIN-FAILED, LOGIN-LOCKED (with the wait), LOGIN-FIRST-EXPIRED."""
        username = folded_username(username)
        key = failure_key(self.room, username)
        self._count_attempt(key, caller)
        with self.room.database.reading() as connection:
            row = connection.execute(sa.select(ACCOUNT).where(ACCOUNT.c.username == username)).one_or_none()
            policy = self.room.policy(connection)
        right = self.room.hashing.fits(row.password_hash if row else "", password)
        if row is None or not right or row.state != AccountState.ACTIVE:
            raise self._failed(row, caller, "password")
        if row.must_change and _older(row.password_at, self.room.now(), policy.first_password_days):
            raise UserError([problem("LOGIN-FIRST-EXPIRED", Where("password"), days=policy.first_password_days)])
        stage = SessionStage.PASSWORD if row.totp_at else SessionStage.FULL
        outdated = self.room.hashing.is_outdated(row.password_hash)
        renewed = self.room.hashing.hash(password) if outdated else row.password_hash
        with self.room.database.writing(*holder(row)) as change:
            # The hash is compared once more: it may have been reset while the old one was being checked.
            same = ACCOUNT.c.id == row.id, ACCOUNT.c.password_hash == row.password_hash
            if not change.connection.execute(ACCOUNT.update().where(*same).values(password_hash=renewed)).rowcount:
                raise UserError([problem("LOGIN-FAILED", Where("password"))])
            made = start_session(change.connection, self.room, row.id, stage, SignInWay.PASSWORD, caller)
            self._settle(change.connection, key, whole=stage is SessionStage.FULL)
            action = "login" if stage is SessionStage.FULL else "login.password"
            change.record(action, row.username, **_from(caller))
        return SignInStep(made, stage)

    def with_code(self, half: str, code: str, caller: Caller) -> SignInStep:
        """Finish signing in with a code of the second factor, or a recovery code; the session gets a new token.

        Raises UserError LOGIN-EXPIRED, LOGIN-CODE, LOGIN-LOCKED.
        """
        with self.room.database.reading() as connection:
            found = self._half(connection, half)
            row = account_row(connection, found.account_id) if found else None
        if row is None:
            raise UserError([problem("LOGIN-EXPIRED", Where("code"))])
        key = failure_key(self.room, row.username)
        self._count_attempt(key, caller)
        with self.room.database.writing(*holder(row)) as change:
            _ = change.seq  # one code is used once, however many ask with it at the same moment
            row = account_row(change.connection, row.id, lock=True)
            if self._half(change.connection, half) is None or row.state != AccountState.ACTIVE or not row.totp_at:
                raise UserError([problem("LOGIN-EXPIRED", Where("code"))])
            way = self._spend_code(change.connection, row, code)
            if way:
                change.connection.execute(SESSION.delete().where(SESSION.c.token_hash == token_hash(half)))
                full = SessionStage.FULL
                made = start_session(change.connection, self.room, row.id, full, SignInWay.PASSWORD, caller)
                self._settle(change.connection, key, whole=True)
                change.record("login", row.username, second_factor=way, **_from(caller))
            else:
                made = ""
                change.record("login.failed", row.username, step="code", **_from(caller))
        if not made:
            raise UserError([problem("LOGIN-CODE", Where("code"))])
        return SignInStep(made, SessionStage.FULL)

    def with_identity(
        self, issuer: str, subject: str, caller: Caller, mapped: Sequence[tuple[AccountRole, str]] = ()
    ) -> SignInStep:
        """Sign in with an identity a provider vouches for; the provider answers for the second factor.

        ``mapped``: roles and units that hold for this session only; never one of the three administrators, never a
        unit that is not registered. Raises UserError LOGIN-UNLINKED where the identity is no account.
        """
        with self.room.database.reading() as connection:
            same = IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject
            linked = connection.execute(sa.select(IDENTITY.c.account_id).where(*same)).scalar_one_or_none()
            row = account_row(connection, linked) if linked else None
            tree = self.room.tree(connection)
        if row is None or row.state != AccountState.ACTIVE:
            actor, acting_as = holder(row) if row is not None else _STRANGER
            with self.room.database.writing(actor, acting_as) as change:
                told = {"issuer": issuer, "subject": subject, **_from(caller)}
                change.record("login.failed", row.username if row else "—", step="identity", **told)
            raise UserError([problem("LOGIN-UNLINKED", Where(issuer))])
        roles = [(role, unit) for role, unit in mapped if unit in tree and not administrators_of([role])]
        with self.room.database.writing(*holder(row)) as change:
            way = SignInWay.SINGLE_SIGN_ON
            made = start_session(change.connection, self.room, row.id, SessionStage.FULL, way, caller, roles)
            held = [f"{role.value}@{unit}" for role, unit in roles]
            change.record("login", row.username, issuer=issuer, mapped=held, **_from(caller))
        return SignInStep(made, SessionStage.FULL)

    # --- one's own password and second factor

    def confirm_password(self, account_id: str, password: str, caller: Caller) -> None:
        """Ask for the password again before a step that matters; counts like a sign-in.

        Raises UserError PASSWORD-WRONG, LOGIN-LOCKED. An account without a password has none to confirm.
        """
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
        if not row.password_hash:
            return
        key = failure_key(self.room, row.username)
        self._count_attempt(key, caller)
        if not self.room.hashing.fits(row.password_hash, password):
            with self.room.database.writing(*holder(row)) as change:
                change.record("password.wrong", row.username, **_from(caller))
            raise UserError([problem("PASSWORD-WRONG", Where("password"))])
        with self.room.database.counting() as counting:
            self._settle(counting, key, whole=False)

    def change_password(self, account_id: str, old: str, new: str, caller: Caller) -> str:
        """Change one's own password; every session ends, and a new one begins: answers its token.

        Raises UserError PASSWORD-WRONG, PASSWORD-WEAK (every weakness at once), PASSWORD-REUSED, LOGIN-LOCKED.
        """
        self.confirm_password(account_id, old, caller)
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
            policy = self.room.policy(connection)
            query = sa.select(PASSWORD.c.password_hash).where(PASSWORD.c.account_id == account_id)
            hashes = list(connection.execute(query.order_by(PASSWORD.c.seq.desc())).scalars())
        problems = password_problems(new, policy, (row.username, row.name, row.unit))
        earlier = [row.password_hash, *hashes[: policy.password_history]]
        if not problems and any(self.room.hashing.fits(one, new) for one in dict.fromkeys(earlier) if one):
            problems = [problem("PASSWORD-REUSED", Where("password"), count=policy.password_history)]
        if problems:
            raise UserError(problems)
        hashed = self.room.hashing.hash(new)
        with self.room.database.writing(*holder(row)) as change:
            _ = change.seq
            if account_row(change.connection, account_id, lock=True).password_hash != row.password_hash:
                raise UserError([problem("PASSWORD-WRONG", Where("password"))])
            keep = policy.password_history
            store_password(change, account_id, hashed, must_change=False, keep=keep)
            ended = end_sessions(change.connection, account_id)
            full = SessionStage.FULL
            made = start_session(change.connection, self.room, account_id, full, SignInWay.PASSWORD, caller)
            change.record("password.change", row.username, sessions=ended, **_from(caller))
        return made

    def password_expired(self, password_at: str, policy: SecurityPolicy) -> bool:
        """Whether a password is older than the settings allow."""
        return bool(policy.password_days and password_at) and _older(password_at, self.room.now(), policy.password_days)

    def new_totp(self) -> str:
        """A new secret for a second factor (160 bits, base32, RFC 6238); nothing is stored before it is confirmed."""
        return pyotp.random_base32(32)

    def add_totp(self, account_id: str, secret: str, code: str) -> list[str]:
        """Turn the second factor on once a first code shows that the device has the secret; answers recovery codes.

        The recovery codes are shown once; only keyed hashes are kept. Raises UserError LOGIN-CODE,
        ACCOUNT-TOTP-SET where there is a second factor already.
        """
        step = _fitting_step(secret, code, self.room.now(), 0)
        if step is None:
            raise UserError([problem("LOGIN-CODE", Where("code"))])
        codes = ["-".join(_random_code() for _ in range(2)) for _ in range(CODES)]
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
        with self.room.database.writing(*holder(row)) as change:
            _ = change.seq
            row = account_row(change.connection, account_id, lock=True)
            if row.totp_at:
                raise UserError([problem("ACCOUNT-TOTP-SET", Where(row.username))])
            sealed = self.room.vault.seal(TOTP, account_id, secret.encode())
            values = {"totp_sealed": sealed, "totp_at": change.at, "totp_step": step}
            change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == account_id).values(**values))
            self._store_codes(change.connection, account_id, codes)
            change.record("totp.add", row.username)
        return codes

    def renew_codes(self, account_id: str) -> list[str]:
        """New recovery codes in the place of the old ones; raises UserError ACCOUNT-TOTP-NONE without second factor."""
        codes = ["-".join(_random_code() for _ in range(2)) for _ in range(CODES)]
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
        if not row.totp_at:
            raise UserError([problem("ACCOUNT-TOTP-NONE", Where(row.username))])
        with self.room.database.writing(*holder(row)) as change:
            self._store_codes(change.connection, account_id, codes)
            change.record("totp.codes", row.username)
        return codes

    def remove_totp(self, account_id: str, code: str, caller: Caller) -> None:
        """Turn one's own second factor off with a last code of it.

        Raises UserError LOGIN-CODE, LOGIN-LOCKED, ACCOUNT-TOTP-NONE.
        """
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
        if not row.totp_at:
            raise UserError([problem("ACCOUNT-TOTP-NONE", Where(row.username))])
        key = failure_key(self.room, row.username)
        self._count_attempt(key, caller)
        with self.room.database.writing(*holder(row)) as change:
            _ = change.seq
            way = self._spend_code(change.connection, account_row(change.connection, account_id, lock=True), code)
            if way:
                nothing = {"totp_sealed": "", "totp_at": "", "totp_step": 0}
                change.connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == account_id).values(**nothing))
                change.connection.execute(RECOVERY.delete().where(RECOVERY.c.account_id == account_id))
                self._settle(change.connection, key, whole=False)
            change.record("totp.remove" if way else "totp.wrong", row.username, **_from(caller))
        if not way:
            raise UserError([problem("LOGIN-CODE", Where("code"))])

    def codes_left(self, account_id: str) -> int:
        """How many recovery codes were not used yet."""
        with self.room.database.reading() as connection:
            unused = RECOVERY.c.account_id == account_id, RECOVERY.c.used_at == ""
            return connection.execute(sa.select(sa.func.count()).select_from(RECOVERY).where(*unused)).scalar_one()

    # --- inside

    def _half(self, connection: sa.Connection, value: str) -> Any:
        """The row of a session that waits for the second factor, if it waits not too long already."""
        now = self.room.now()
        at = SESSION.c.token_hash == token_hash(value), SESSION.c.stage == SessionStage.PASSWORD.value
        late = stamp(now - timedelta(minutes=HALF_MINUTES))
        query = sa.select(SESSION).where(*at, SESSION.c.ends_at > stamp(now), SESSION.c.started_at > late)
        return connection.execute(query).one_or_none()

    def _count_attempt(self, key: str, caller: Caller) -> None:
        """Count an attempt as failed before it is looked at; raises UserError LOGIN-LOCKED while the wait lasts."""
        now = self.room.now()
        with self.room.database.counting() as connection:
            policy = self.room.policy(connection)
            new = {"key": key, "failures": 0, "failed_at": "", "locked_until": ""}
            connection.execute(self.room.insert_new(FAILURE, new))
            row = connection.execute(sa.select(FAILURE).where(FAILURE.c.key == key).with_for_update()).one()
            wait = row.locked_until > stamp(now)
            if not wait:
                old = row.failed_at <= stamp(now - timedelta(hours=FORGETS_H))
                failures = (0 if old else row.failures) + 1
                minutes = _wait_minutes(policy, failures)
                until = stamp(now + timedelta(minutes=minutes)) if minutes else ""
                values = {"failures": failures, "failed_at": stamp(now), "locked_until": until}
                connection.execute(FAILURE.update().where(FAILURE.c.key == key).values(**values))
            until = row.locked_until
        if wait:
            left = datetime.fromisoformat(until) - now
            minutes = max(1, -(-int(left.total_seconds()) // 60))
            raise UserError([problem("LOGIN-LOCKED", Where(caller.address), minutes=minutes)])

    def _settle(self, connection: sa.Connection, key: str, *, whole: bool) -> None:
        """A right answer: forget every failure when somebody is signed in wholly, else take back this one's count."""
        if whole:
            connection.execute(FAILURE.delete().where(FAILURE.c.key == key))
            return
        less = sa.case((FAILURE.c.failures > 0, FAILURE.c.failures - 1), else_=0)
        connection.execute(FAILURE.update().where(FAILURE.c.key == key).values(failures=less, locked_until=""))

    def _failed(self, row: Any, caller: Caller, step: str) -> UserError:
        """Tell the trail, then answer what to raise; an unknown user name may be a password: it is kept nowhere."""
        actor, acting_as = holder(row) if row is not None else _STRANGER
        with self.room.database.writing(actor, acting_as) as change:
            change.record("login.failed", row.username if row is not None else "—", step=step, **_from(caller))
        return UserError([problem("LOGIN-FAILED", Where("password"))])

    def _spend_code(self, connection: sa.Connection, row: Any, code: str) -> str:
        """Use a code up: ``totp``, ``recovery``, or nothing where it is no unused code of this account."""
        secret = self.room.vault.unseal(TOTP, row.id, row.totp_sealed)
        step = _fitting_step(secret.decode(), code, self.room.now(), row.totp_step) if secret else None
        if step is not None:
            connection.execute(ACCOUNT.update().where(ACCOUNT.c.id == row.id).values(totp_step=step))
            return TOTP
        hashed = self._code_hash(row.id, code)
        unused = RECOVERY.c.account_id == row.id, RECOVERY.c.code_hash == hashed, RECOVERY.c.used_at == ""
        used = RECOVERY.update().where(*unused).values(used_at=stamp(self.room.now()))
        return "recovery" if connection.execute(used).rowcount else ""

    def _code_hash(self, account_id: str, code: str) -> str:
        plain = "".join(char for char in normal(code).upper() if char.isalnum())[:40]
        return self.room.vault.keyed("recovery-code", f"{account_id}:{plain}")

    def _store_codes(self, connection: sa.Connection, account_id: str, codes: Iterable[str]) -> None:
        connection.execute(RECOVERY.delete().where(RECOVERY.c.account_id == account_id))
        rows = [
            {"account_id": account_id, "code_hash": self._code_hash(account_id, code), "used_at": ""} for code in codes
        ]
        connection.execute(RECOVERY.insert(), rows)


def totp_address(secret: str, username: str, issuer: str = "duibiao") -> str:
    """What the QR code of a second factor holds: an ``otpauth`` address as authenticator apps read it."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def _fitting_step(secret: str, code: str, at: datetime, last: int) -> int | None:
    """The 30-second step a code belongs to, one step early or late allowed; never one that was used before."""
    plain = "".join(code.split())
    if len(plain) != 6 or not plain.isascii() or not plain.isdigit():
        return None
    totp = pyotp.TOTP(secret)
    now = totp.timecode(at)
    for offset in (0, -1, 1):
        fits = hmac.compare_digest(totp.at(at, counter_offset=offset), plain)
        if fits and now + offset > last:
            return now + offset
    return None


def _random_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


def _wait_minutes(policy: SecurityPolicy, failures: int) -> int:
    """How many minutes to wait after so many failures in a row: doubled each time, up to the longest wait."""
    over = failures - policy.lock_after
    if over < 0:
        return 0
    return int(min(policy.lock_minutes * 2 ** min(over, 20), policy.lock_most_minutes))


def _older(at: str, now: datetime, days: int) -> bool:
    return at <= stamp(now - timedelta(days=days))


def _from(caller: Caller) -> dict[str, str]:
    return {"address": caller.address, "agent": caller.agent}
