"""Accounts: who may sign in, who is entrusted with what, sessions, tokens, settings.

Written out in full: a migration must not change when the tables of today do.
"""

import sqlalchemy as sa
from alembic import op

from duibiao.store.schema import append_only_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("role_grant", "role_revocation", "setting")


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=False)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"))


def _indexed(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _make_people() -> None:
    texts = ("id", "username", "name", "unit", "state", "password_hash", "password_at")
    op.create_table(
        "account",
        *(_text(name) for name in texts),
        _number("must_change"),
        _text("totp_sealed"),
        _text("totp_at"),
        _number("totp_step"),
        *(_text(name) for name in ("created_at", "created_by", "seen_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    _indexed("account", "unit")
    op.create_table(
        "account_password",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        *(_text(name) for name in ("account_id", "password_hash", "set_at")),
        _of_account("account_password"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_account_password")),
    )
    _indexed("account_password", "account_id")
    op.create_table(
        "recovery_code",
        *(_text(name) for name in ("account_id", "code_hash", "used_at")),
        _of_account("recovery_code"),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "account_identity",
        *(_text(name) for name in ("issuer", "subject", "account_id", "linked_at", "linked_by")),
        _of_account("account_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_account_identity")),
    )
    _indexed("account_identity", "account_id")


def _make_history() -> None:
    texts = ("id", "account_id", "role", "unit", "valid_from", "valid_to", "reason", "granted_at", "granted_by")
    op.create_table(
        "role_grant",
        *(_text(name) for name in texts),
        _number("audit_seq"),
        _of_account("role_grant"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    _indexed("role_grant", "account_id")
    op.create_table(
        "role_revocation",
        *(_text(name) for name in ("grant_id", "reason", "revoked_at", "revoked_by")),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_role_revocation_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_role_revocation")),
    )
    op.create_table(
        "setting",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        *(_text(name) for name in ("key", "value", "set_at", "set_by")),
        _number("audit_seq"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_setting")),
    )
    for table in APPEND_ONLY:
        _indexed(table, "audit_seq")


def _make_passing() -> None:
    texts = ("token_hash", "id", "account_id", "stage", "way", "address", "agent", "mapped")
    op.create_table(
        "session",
        *(_text(name) for name in (*texts, "started_at", "seen_at", "ends_at")),
        _of_account("session"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
        sa.UniqueConstraint("id", name=op.f("uq_session_id")),
    )
    _indexed("session", "account_id")
    _indexed("session", "ends_at")
    token = ("id", "account_id", "name", "hint", "token_hash", "scopes")
    op.create_table(
        "api_token",
        *(_text(name) for name in (*token, "created_at", "expires_at", "revoked_at", "seen_at")),
        _of_account("api_token"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    _indexed("api_token", "account_id")
    op.create_table(
        "login_failure",
        _text("key"),
        _number("failures"),
        _text("failed_at"),
        _text("locked_until"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_failure")),
    )
    op.create_table(
        "rate_counter",
        _text("key"),
        _number("window_start"),
        _number("used"),
        sa.PrimaryKeyConstraint("key", "window_start", name=op.f("pk_rate_counter")),
    )
    _indexed("rate_counter", "window_start")


def upgrade() -> None:
    """Make the tables, and the triggers that keep grants, revocations and settings append-only."""
    _make_people()
    _make_history()
    _make_passing()
    dialect = op.get_context().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only_ddl(dialect, table):
            op.execute(statement)
