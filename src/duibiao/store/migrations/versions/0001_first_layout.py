"""The first layout: units, returns, batches, history, audit, snapshots.

Written out in full: a migration must not change when the tables of today do.
"""

import sqlalchemy as sa
from alembic import op

from duibiao.store.schema import REFUSE_CHANGE, append_only_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("unit", "batch", "report_revision", "event", "cell_note", "signature", "audit", "snapshot")


def _text(name: str, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, NUMBER, nullable=nullable)


def _make_returns() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        _text("value"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "unit",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        _text("code"),
        _text("effective"),
        _text("content"),
        _text("recorded_at"),
        _text("recorded_by"),
        _number("audit_seq"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_code_effective"), "unit", ["code", "effective"])
    op.create_table(
        "report",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        _text("form"),
        _text("form_version"),
        _text("unit"),
        _number("year"),
        _text("period"),
        _text("status"),
        _number("revision"),
        _number("published_revision", nullable=True),
        _number("lock_version"),
        _text("due"),
        _text("delegated_to", nullable=True),
        _text("submitted_by", nullable=True),
        _text("changed_at"),
        _text("changed_by"),
        _text("changed_action"),
        _text("reason"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("form", "year", "unit", name=op.f("uq_report_form_year_unit")),
    )
    op.create_index(op.f("ix_report_status"), "report", ["status"])


def _make_history() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        _text("form"),
        _text("form_version"),
        _text("period"),
        _text("file_name"),
        _text("file_sha256"),
        _text("source_type"),
        _text("recorded_at"),
        _text("recorded_by"),
        _text("recorded_unit"),
        _text("reason"),
        _number("rows"),
        _text("encoding"),
        _text("payload_sha256"),
        _number("audit_seq"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "report_revision",
        _number("report_id"),
        _number("revision"),
        _text("batch_id"),
        _number("batch_row"),
        _text("kind"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_revision_report_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_report_revision_batch_id")),
        sa.PrimaryKeyConstraint("report_id", "revision", name=op.f("pk_report_revision")),
    )
    op.create_index(op.f("ix_report_revision_audit_seq"), "report_revision", ["audit_seq"])
    op.create_table(
        "event",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        _number("report_id"),
        _text("at"),
        _text("actor"),
        _text("actor_unit"),
        _text("role"),
        _text("action"),
        _text("from_status"),
        _text("to_status"),
        _number("revision"),
        _text("detail"),
        _text("reason"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_event_report_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_audit_seq"), "event", ["audit_seq"])
    op.create_index(op.f("ix_event_report_id"), "event", ["report_id"])


def _make_answers() -> None:
    op.create_table(
        "cell_note",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        _number("report_id"),
        _number("revision"),
        _text("element"),
        _text("flag"),
        _text("note"),
        _text("recorded_at"),
        _text("recorded_by"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_cell_note_report_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_cell_note")),
    )
    op.create_index(op.f("ix_cell_note_audit_seq"), "cell_note", ["audit_seq"])
    op.create_index(op.f("ix_cell_note_report_id_revision"), "cell_note", ["report_id", "revision"])
    op.create_table(
        "signature",
        _number("report_id"),
        _number("revision"),
        _text("role"),
        _text("name"),
        _text("signed_at"),
        _text("signed_unit"),
        _number("audit_seq"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_signature_report_id")),
        sa.PrimaryKeyConstraint("report_id", "revision", "role", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_audit_seq"), "signature", ["audit_seq"])


def _make_publishing() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=False),
        _text("at"),
        _text("actor"),
        _text("actor_unit"),
        _text("role"),
        _text("action"),
        _text("object"),
        _text("detail"),
        _text("prev_hash"),
        _text("hash"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Text(), nullable=False),
        _text("title"),
        _text("created_at"),
        _text("created_by"),
        _text("folder"),
        _text("previous", nullable=True),
        _number("audit_seq"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "publication",
        sa.Column("seq", NUMBER, nullable=False, autoincrement=True),
        _text("snapshot"),
        _text("folder"),
        _text("title"),
        _text("previous", nullable=True),
        _text("actor"),
        _text("actor_unit"),
        _text("at"),
        _text("stage"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_publication")),
    )


def upgrade() -> None:
    """Make the tables and the triggers that keep history append-only."""
    _make_returns()
    _make_history()
    _make_answers()
    _make_publishing()
    dialect = op.get_context().dialect.name
    if dialect != "sqlite":
        op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        for statement in append_only_ddl(dialect, table):
            op.execute(statement)
