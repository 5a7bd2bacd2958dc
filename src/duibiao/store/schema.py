"""The tables of the data base; the migrations make them, and a test compares both.

Texts, whole numbers and blobs only: SQLite, PostgreSQL and the domestic data bases that speak its language hold them
alike. Points in time are ISO 8601 texts in UTC, days are ISO texts, JSON is text.
"""

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = sa.MetaData(naming_convention=NAMING)
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts rows by an INTEGER PRIMARY KEY only


def _text(name: str, *arguments: sa.ForeignKey, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), *arguments, nullable=nullable)


def _number(name: str, *arguments: sa.ForeignKey, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, Number, *arguments, nullable=nullable)


def _serial(name: str) -> "sa.Column[int]":
    return sa.Column(name, Number, primary_key=True, autoincrement=True)


META = sa.Table("meta", METADATA, sa.Column("key", sa.Text(), primary_key=True), _text("value"))
"""Facts of the whole store: ``id``, ``simulated``, and the head of the audit trail."""

UNIT = sa.Table(
    "unit",
    METADATA,
    _serial("seq"),
    _text("code"),
    _text("effective"),
    _text("content"),
    _text("recorded_at"),
    _text("recorded_by"),
    _number("audit_seq"),
    sa.Index(None, "code", "effective"),
)
"""Versions of units; ``content`` is the JSON of ``store.units.unit_row``, in force from the day ``effective`` on."""

REPORT = sa.Table(
    "report",
    METADATA,
    _serial("id"),
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
    sa.UniqueConstraint("form", "year", "unit"),
    sa.Index(None, "status"),
)
"""The head of every return: the only table of the work flow whose rows change. ``revision`` 0: nothing saved yet."""

BATCH = sa.Table(
    "batch",
    METADATA,
    sa.Column("id", sa.Text(), primary_key=True),
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
)
"""What was handed in at once, whole and unchanged; ``payload`` see ``store.payload``."""

REVISION = sa.Table(
    "report_revision",
    METADATA,
    _number("report_id", sa.ForeignKey("report.id")),
    _number("revision"),
    _text("batch_id", sa.ForeignKey("batch.id")),
    _number("batch_row"),
    _text("kind"),
    _number("audit_seq"),
    sa.PrimaryKeyConstraint("report_id", "revision"),
    sa.Index(None, "audit_seq"),
)
"""Which row of which batch is which revision of a return; who, when and why stand in the batch."""

EVENT = sa.Table(
    "event",
    METADATA,
    _serial("seq"),
    _number("report_id", sa.ForeignKey("report.id")),
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
    sa.Index(None, "report_id"),
    sa.Index(None, "audit_seq"),
)
"""Every step of the work flow except saving, which stands in ``report_revision``."""

NOTE = sa.Table(
    "cell_note",
    METADATA,
    _serial("seq"),
    _number("report_id", sa.ForeignKey("report.id")),
    _number("revision"),
    _text("element"),
    _text("flag"),
    _text("note"),
    _text("recorded_at"),
    _text("recorded_by"),
    _number("audit_seq"),
    sa.Index(None, "report_id", "revision"),
    sa.Index(None, "audit_seq"),
)
"""What is said about a cell: why it is missing, that it is estimated, the answer to a question."""

SIGNATURE = sa.Table(
    "signature",
    METADATA,
    _number("report_id", sa.ForeignKey("report.id")),
    _number("revision"),
    _text("role"),
    _text("name"),
    _text("signed_at"),
    _text("signed_unit"),
    _number("audit_seq"),
    sa.PrimaryKeyConstraint("report_id", "revision", "role"),
    sa.Index(None, "audit_seq"),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    _text("at"),
    _text("actor"),
    _text("actor_unit"),
    _text("role"),
    _text("action"),
    _text("object"),
    _text("detail"),
    _text("prev_hash"),
    _text("hash"),
)
"""One line per call that changed something; each hash covers the line and the hash before it (``store.audit``)."""

SNAPSHOT = sa.Table(
    "snapshot",
    METADATA,
    sa.Column("id", sa.Text(), primary_key=True),
    _text("title"),
    _text("created_at"),
    _text("created_by"),
    _text("folder"),
    _text("previous", nullable=True),
    _number("audit_seq"),
)

PUBLICATION = sa.Table(
    "publication",
    METADATA,
    _serial("seq"),
    _text("snapshot"),
    _text("folder"),
    _text("title"),
    _text("previous", nullable=True),
    _text("actor"),
    _text("actor_unit"),
    _text("at"),
    _text("stage"),
)
"""What a publishing intends, so that a killed one can be completed or withdrawn (``store.publishing``)."""

# --- accounts (store.accounts): heads whose rows change, and what is told for ever

ACCOUNT = sa.Table(
    "account",
    METADATA,
    sa.Column("id", sa.Text(), primary_key=True),
    _text("username"),
    _text("name"),
    _text("unit"),
    _text("state"),
    _text("password_hash"),
    _text("password_at"),
    _number("must_change"),
    _text("totp_sealed"),
    _text("totp_at"),
    _number("totp_step"),
    _text("created_at"),
    _text("created_by"),
    _text("seen_at"),
    sa.UniqueConstraint("username"),
    sa.Index(None, "unit"),
)
"""Who may sign in. An empty ``password_hash``: only by single sign-on; an empty ``totp_at``: no second factor."""

PASSWORD = sa.Table(
    "account_password",
    METADATA,
    _serial("seq"),
    _text("account_id", sa.ForeignKey("account.id")),
    _text("password_hash"),
    _text("set_at"),
    sa.Index(None, "account_id"),
)
"""The hashes of the last few passwords, so that none is taken again at once."""

RECOVERY = sa.Table(
    "recovery_code",
    METADATA,
    _text("account_id", sa.ForeignKey("account.id")),
    _text("code_hash"),
    _text("used_at"),
    sa.PrimaryKeyConstraint("account_id", "code_hash"),
)

IDENTITY = sa.Table(
    "account_identity",
    METADATA,
    _text("issuer"),
    _text("subject"),
    _text("account_id", sa.ForeignKey("account.id")),
    _text("linked_at"),
    _text("linked_by"),
    sa.PrimaryKeyConstraint("issuer", "subject"),
    sa.Index(None, "account_id"),
)
"""Which identity of a single sign-on provider is which account."""

GRANT = sa.Table(
    "role_grant",
    METADATA,
    sa.Column("id", sa.Text(), primary_key=True),
    _text("account_id", sa.ForeignKey("account.id")),
    _text("role"),
    _text("unit"),
    _text("valid_from"),
    _text("valid_to"),
    _text("reason"),
    _text("granted_at"),
    _text("granted_by"),
    _number("audit_seq"),
    sa.Index(None, "account_id"),
    sa.Index(None, "audit_seq"),
)
"""Who is entrusted with what, for which unit and all below it, on which days; an empty ``valid_to`` has no end."""

REVOCATION = sa.Table(
    "role_revocation",
    METADATA,
    sa.Column("grant_id", sa.Text(), sa.ForeignKey("role_grant.id"), primary_key=True),
    _text("reason"),
    _text("revoked_at"),
    _text("revoked_by"),
    _number("audit_seq"),
    sa.Index(None, "audit_seq"),
)

SETTING = sa.Table(
    "setting",
    METADATA,
    _serial("seq"),
    _text("key"),
    _text("value"),
    _text("set_at"),
    _text("set_by"),
    _number("audit_seq"),
    sa.Index(None, "audit_seq"),
)
"""Settings an administrator changed, every value there ever was; the last one of a key is in force."""

SESSION = sa.Table(
    "session",
    METADATA,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    _text("id"),
    _text("account_id", sa.ForeignKey("account.id")),
    _text("stage"),
    _text("way"),
    _text("address"),
    _text("agent"),
    _text("mapped"),
    _text("started_at"),
    _text("seen_at"),
    _text("ends_at"),
    sa.UniqueConstraint("id"),
    sa.Index(None, "account_id"),
    sa.Index(None, "ends_at"),
)
"""Who is signed in; only the hash of the token stands here. Rows are removed when a session ends."""

API_TOKEN = sa.Table(
    "api_token",
    METADATA,
    sa.Column("id", sa.Text(), primary_key=True),
    _text("account_id", sa.ForeignKey("account.id")),
    _text("name"),
    _text("hint"),
    _text("token_hash"),
    _text("scopes"),
    _text("created_at"),
    _text("expires_at"),
    _text("revoked_at"),
    _text("seen_at"),
    sa.UniqueConstraint("token_hash"),
    sa.Index(None, "account_id"),
)

FAILURE = sa.Table(
    "login_failure",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    _number("failures"),
    _text("failed_at"),
    _text("locked_until"),
)
"""Failed attempts in a row, by a keyed hash of the user name, whether there is such an account or not."""

RATE = sa.Table(
    "rate_counter",
    METADATA,
    _text("key"),
    _number("window_start"),
    _number("used"),
    sa.PrimaryKeyConstraint("key", "window_start"),
    sa.Index(None, "window_start"),
)
"""How often something was asked for in a span of seconds, shared by all workers."""

# --- the issue list (store.issues)

ISSUE = sa.Table(
    "issue",
    METADATA,
    _serial("id"),
    _text("number"),
    _number("year"),
    _number("serial"),
    _text("origin"),
    _text("subject"),
    _text("open_subject", nullable=True),
    _text("title"),
    _text("detail"),
    _text("target"),
    _text("indicator"),
    _text("status"),
    _text("day"),
    _text("unit"),
    _text("supervising_unit"),
    _text("department"),
    _text("person"),
    _text("acceptor"),
    _text("due", nullable=True),
    _text("first_due", nullable=True),
    _text("state"),
    _number("measures"),
    _number("evidences"),
    _text("accepted_by"),
    _text("found_by"),
    _text("found_at"),
    _number("lock_version"),
    _text("changed_at"),
    _text("changed_by"),
    _text("changed_action"),
    sa.UniqueConstraint("number"),
    sa.UniqueConstraint("open_subject"),
    sa.Index(None, "subject"),
    sa.Index(None, "state"),
)
"""The head of every issue; its rows change. ``open_subject`` is ``subject`` while the issue is open, then null: of two
open issues about one thing the data base itself refuses the second. ``lock_version`` is the number of events."""

ISSUE_FIGURE = sa.Table(
    "issue_figure",
    METADATA,
    _number("issue_id", sa.ForeignKey("issue.id")),
    _text("content"),
    _text("content_sha256"),
    _number("audit_seq"),
    sa.PrimaryKeyConstraint("issue_id"),
    sa.Index(None, "audit_seq"),
)
"""The figure an issue was found by, frozen with its lineage as JSON."""

ISSUE_EVENT = sa.Table(
    "issue_event",
    METADATA,
    _number("issue_id", sa.ForeignKey("issue.id")),
    _number("step"),
    _text("at"),
    _text("actor"),
    _text("actor_unit"),
    _text("role"),
    _text("action"),
    _text("from_state", nullable=True),
    _text("to_state"),
    _text("text"),
    _text("reason"),
    _text("unit"),
    _text("department"),
    _text("person"),
    _text("acceptor"),
    _text("due", nullable=True),
    _text("asked_due", nullable=True),
    _number("audit_seq"),
    sa.PrimaryKeyConstraint("issue_id", "step"),
    sa.Index(None, "audit_seq"),
)
"""Every step of an issue, with the assignment that held after it."""

ISSUE_FILE = sa.Table(
    "issue_file",
    METADATA,
    sa.Column("sha256", sa.Text(), primary_key=True),
    _text("media_type"),
    _number("size"),
    _number("audit_seq"),
    sa.Column("payload", sa.LargeBinary(), nullable=False),
    sa.Index(None, "audit_seq"),
)
"""The content of evidence, once however often it is handed in."""

ISSUE_EVIDENCE = sa.Table(
    "issue_evidence",
    METADATA,
    _number("issue_id", sa.ForeignKey("issue.id")),
    _number("step"),
    _number("place"),
    _text("name"),
    _text("sha256", sa.ForeignKey("issue_file.sha256")),
    _number("audit_seq"),
    sa.PrimaryKeyConstraint("issue_id", "step", "place"),
    sa.Index(None, "audit_seq"),
)
"""Which file was handed in with which step, under which name."""

APPEND_ONLY = (
    *(UNIT, BATCH, REVISION, EVENT, NOTE, SIGNATURE, AUDIT, SNAPSHOT, GRANT, REVOCATION, SETTING),
    *(ISSUE_FIGURE, ISSUE_EVENT, ISSUE_FILE, ISSUE_EVIDENCE),
)
"""Triggers of both data bases refuse every UPDATE and DELETE of these."""


def append_only_ddl(dialect: str, table: str) -> list[str]:
    """The statements that make a table append-only; table names are ours, never a user's."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE PROCEDURE refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE PROCEDURE refuse_change()",
    ]


REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
"""PostgreSQL's trigger function."""
