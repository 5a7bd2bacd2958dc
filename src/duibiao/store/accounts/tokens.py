"""Keys for programs: shown once, kept as hashes, with scopes and an end."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.accounts.model import AccountState, ApiToken, SignedIn
from duibiao.store.accounts.rows import AccountRoom, account_from, account_row, stamp, token_from
from duibiao.store.accounts.sessions import TOUCHES_S, holder, signed_in_grants
from duibiao.store.accounts.vault import token, token_hash
from duibiao.store.schema import API_TOKEN

PREFIX = "dbt_"
"""What every token begins with, so that a search for lost ones finds it."""
MOST = 20
_SCOPE = re.compile(r"[a-z_]{2,40}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The API tokens of a store (接口令牌管理)."""

    room: AccountRoom

    def create(self, account_id: str, name: str, scopes: Collection[str], days: int) -> tuple[ApiToken, str]:
        """Make a token for one's own account; answers it with its key, which is shown once and kept nowhere.

        ``scopes``: permissions it may be used for, of those the account has at that moment or later. Raises UserError
        TOKEN-NAME, TOKEN-SCOPE, TOKEN-DAYS, TOKEN-MANY (20 alive at most).
        """
        name = name.strip()
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
            most = self.room.policy(connection).token_days
        problems = []
        if not 1 <= len(name) <= 60 or not name.isprintable():
            problems.append(problem("TOKEN-NAME", Where("name")))
        if not scopes or not all(_SCOPE.fullmatch(scope) for scope in scopes):
            problems.append(problem("TOKEN-SCOPE", Where("scopes")))
        if not 1 <= days <= most:
            problems.append(problem("TOKEN-DAYS", Where("days"), days=days, most=most))
        if problems:
            raise UserError(problems)
        key = PREFIX + token()
        with self.room.database.writing(*holder(row)) as change:
            _ = change.seq
            alive = (
                API_TOKEN.c.account_id == account_id,
                API_TOKEN.c.revoked_at == "",
                API_TOKEN.c.expires_at > change.at,
            )
            count = sa.select(sa.func.count()).select_from(API_TOKEN).where(*alive)
            if change.connection.execute(count).scalar_one() >= MOST:
                raise UserError([problem("TOKEN-MANY", Where("name"), most=MOST)])
            made = {
                "id": uuid.uuid4().hex[:16],
                "account_id": account_id,
                "name": name,
                "hint": key[: len(PREFIX) + 4],
                "token_hash": token_hash(key),
                "scopes": " ".join(sorted(set(scopes))),
                "created_at": change.at,
                "expires_at": stamp(self.room.now() + timedelta(days=days)),
                "revoked_at": "",
                "seen_at": "",
            }
            change.connection.execute(API_TOKEN.insert(), made)
            change.record("token.create", row.username, token=made["id"], name=name, scopes=made["scopes"], days=days)
            found = change.connection.execute(sa.select(API_TOKEN).where(API_TOKEN.c.id == made["id"])).one()
        return token_from(found), key

    def revoke(self, account_id: str, token_id: str) -> None:
        """Withdraw one of the account's own tokens at once; raises UserError TOKEN-UNKNOWN."""
        with self.room.database.reading() as connection:
            row = account_row(connection, account_id)
        with self.room.database.writing(*holder(row)) as change:
            mine = API_TOKEN.c.account_id == account_id, API_TOKEN.c.id == token_id, API_TOKEN.c.revoked_at == ""
            if not change.connection.execute(API_TOKEN.update().where(*mine).values(revoked_at=change.at)).rowcount:
                raise UserError([problem("TOKEN-UNKNOWN", Where(token_id[:40]))])
            change.record("token.revoke", row.username, token=token_id)

    def of(self, account_id: str) -> list[ApiToken]:
        """Every token of an account, the newest first."""
        with self.room.database.reading() as connection:
            query = sa.select(API_TOKEN).where(API_TOKEN.c.account_id == account_id)
            return [token_from(row) for row in connection.execute(query.order_by(API_TOKEN.c.created_at.desc()))]

    def find(self, key: str) -> SignedIn | None:
        """Who is asking with a key; None where there is none such, or it has ended, or its account is closed."""
        if not key.startswith(PREFIX) or len(key) > 100:
            return None
        now = stamp(self.room.now())
        with self.room.database.reading() as connection:
            alive = API_TOKEN.c.revoked_at == "", API_TOKEN.c.expires_at > now
            query = sa.select(API_TOKEN).where(API_TOKEN.c.token_hash == token_hash(key), *alive)
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            account = account_from(account_row(connection, row.account_id))
            grants = signed_in_grants(self.room, connection, account.id)
        if account.state is not AccountState.ACTIVE or account.must_change:
            return None
        if row.seen_at <= stamp(self.room.now() - timedelta(seconds=TOUCHES_S)):
            with self.room.database.counting() as counting:
                counting.execute(API_TOKEN.update().where(API_TOKEN.c.id == row.id).values(seen_at=now))
        return SignedIn(account, tuple(grants), None, frozenset(row.scopes.split()))
