"""The issue list: issues, the frozen figures they were found by, their steps, and the evidence handed in.

Written out in full: a migration must not change when the tables of today do.
"""

import sqlalchemy as sa
from alembic import op

from duibiao.store.schema import append_only_ddl

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("issue_figure", "issue_event", "issue_file", "issue_evidence")


def _text(name: str, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=nullable)


def _make_issue() -> None:
    texts = ("origin", "subject")
    more = ("title", "detail", "target", "indicator", "status", "day", "unit", "supervising_unit", "department")
    op.create_table(
        "issue",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        _text("number"),
        _number("year"),
        _number("serial"),
        *(_text(name) for name in texts),
        _text("open_subject", nullable=True),
        *(_text(name) for name in (*more, "person", "acceptor")),
        _text("due", nullable=True),
        _text("first_due", nullable=True),
        _text("state"),
        _number("measures"),
        _number("evidences"),
        *(_text(name) for name in ("accepted_by", "found_by", "found_at")),
        _number("lock_version"),
        *(_text(name) for name in ("changed_at", "changed_by", "changed_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_issue_number")),
        sa.UniqueConstraint("open_subject", name=op.f("uq_issue_open_subject")),
    )
    op.create_index(op.f("ix_issue_subject"), "issue", ["subject"])
    op.create_index(op.f("ix_issue_state"), "issue", ["state"])


def _make_history() -> None:
    op.create_table(
        "issue_figure",
        _number("issue_id"),
        _text("content"),
        _text("content_sha256"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_figure_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_issue_figure")),
    )
    before = ("at", "actor", "actor_unit", "role", "action")
    after = ("to_state", "text", "reason", "unit", "department", "person", "acceptor")
    op.create_table(
        "issue_event",
        _number("issue_id"),
        _number("step"),
        *(_text(name) for name in before),
        _text("from_state", nullable=True),
        *(_text(name) for name in after),
        _text("due", nullable=True),
        _text("asked_due", nullable=True),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_event_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", "step", name=op.f("pk_issue_event")),
    )


def _make_evidence() -> None:
    op.create_table(
        "issue_file",
        _text("sha256"),
        _text("media_type"),
        _number("size"),
        _number("audit_seq"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_issue_file")),
    )
    op.create_table(
        "issue_evidence",
        _number("issue_id"),
        _number("step"),
        _number("place"),
        _text("name"),
        _text("sha256"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_evidence_issue_id")),
        sa.ForeignKeyConstraint(["sha256"], ["issue_file.sha256"], name=op.f("fk_issue_evidence_sha256")),
        sa.PrimaryKeyConstraint("issue_id", "step", "place", name=op.f("pk_issue_evidence")),
    )


def upgrade() -> None:
    """Make the tables and the triggers that keep history append-only."""
    _make_issue()
    _make_history()
    _make_evidence()
    dialect = op.get_context().dialect.name
    for table in APPEND_ONLY:
        op.create_index(op.f(f"ix_{table}_audit_seq"), table, ["audit_seq"])
        for statement in append_only_ddl(dialect, table):
            op.execute(statement)
