"""The score log with its chain, and what teachers decided about its answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FIRST_HEAD = f"INSERT INTO score_log_head VALUES (1, 0, '{'0' * 64}')"  # noqa: S608 - a constant
_ORIGIN = "coalesce((SELECT max(serial) FROM score_log_origins), 0)"
_REFUSE = "BEGIN SELECT RAISE(ABORT, '{0} is only ever added to'); END"
# INSERT OR REPLACE deletes without asking the triggers of deletions.
SQLITE_GUARDS = (
    f"CREATE TRIGGER score_log_no_update BEFORE UPDATE ON score_log {_REFUSE.format('score_log')}",
    f"""CREATE TRIGGER score_log_no_delete BEFORE DELETE ON score_log
    WHEN OLD.serial > {_ORIGIN} {_REFUSE.format("score_log")}""",
    f"""CREATE TRIGGER score_log_no_replace BEFORE INSERT ON score_log
    WHEN NEW.serial <= (SELECT max(serial) FROM score_log)
    OR EXISTS (SELECT 1 FROM score_log WHERE id = NEW.id) {_REFUSE.format("score_log")}""",  # noqa: S608 - constants
    f"""CREATE TRIGGER score_log_origins_no_update BEFORE UPDATE ON score_log_origins
    {_REFUSE.format("score_log_origins")}""",
    f"""CREATE TRIGGER score_log_origins_no_delete BEFORE DELETE ON score_log_origins
    {_REFUSE.format("score_log_origins")}""",
    f"""CREATE TRIGGER score_log_origins_no_replace BEFORE INSERT ON score_log_origins
    WHEN NEW.serial <= {_ORIGIN} {_REFUSE.format("score_log_origins")}""",
    f"CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections {_REFUSE.format('corrections')}",
    f"""CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections
    WHEN EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN})
    {_REFUSE.format("corrections")}""",  # noqa: S608 - constants
    f"""CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections
    WHEN EXISTS (SELECT 1 FROM corrections WHERE id = NEW.id OR serial = NEW.serial)
    {_REFUSE.format("corrections")}""",  # noqa: S608 - constants
    """CREATE TRIGGER score_queue_joined AFTER INSERT ON score_log WHEN NEW.route <> 'release'
    BEGIN INSERT INTO score_queue VALUES (NEW.serial, NEW.route, NEW.urgency); END""",
    """CREATE TRIGGER score_queue_served AFTER INSERT ON corrections
    BEGIN DELETE FROM score_queue
    WHERE serial = (SELECT serial FROM score_log WHERE id = NEW.score_id); END""",
    """CREATE TRIGGER score_queue_left AFTER DELETE ON score_log
    BEGIN DELETE FROM score_queue WHERE serial = OLD.serial; END""",
)
_RAISE = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'"
POSTGRESQL_GUARDS = (
    f"""CREATE FUNCTION gradewise_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {_RAISE}; END $$""",
    f"""CREATE FUNCTION gradewise_keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF OLD.serial > {_ORIGIN} THEN {_RAISE}; END IF; RETURN OLD; END $$""",
    f"""CREATE FUNCTION gradewise_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN})
    THEN {_RAISE}; END IF; RETURN OLD; END $$""",  # noqa: S608 - constants
    """CREATE FUNCTION gradewise_join_queue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO score_queue VALUES (NEW.serial, NEW.route, NEW.urgency); RETURN NULL; END $$""",
    """CREATE FUNCTION gradewise_serve_queue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN DELETE FROM score_queue WHERE serial = (SELECT serial FROM score_log WHERE id = NEW.score_id);
    RETURN NULL; END $$""",
    """CREATE FUNCTION gradewise_leave_queue() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN DELETE FROM score_queue WHERE serial = OLD.serial; RETURN NULL; END $$""",
    """CREATE TRIGGER score_queue_joined AFTER INSERT ON score_log
    FOR EACH ROW WHEN (NEW.route <> 'release') EXECUTE FUNCTION gradewise_join_queue()""",
    """CREATE TRIGGER score_queue_served AFTER INSERT ON corrections
    FOR EACH ROW EXECUTE FUNCTION gradewise_serve_queue()""",
    """CREATE TRIGGER score_queue_left AFTER DELETE ON score_log
    FOR EACH ROW EXECUTE FUNCTION gradewise_leave_queue()""",
    *(
        f"""CREATE TRIGGER {table}_no_{name} BEFORE {when} ON {table}
    FOR EACH {each} EXECUTE FUNCTION gradewise_{what}()"""
        for table, name, when, each, what in (
            ("score_log", "update", "UPDATE", "ROW", "refuse_rewriting"),
            ("score_log", "delete", "DELETE", "ROW", "keep_score"),
            ("score_log", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
            ("score_log_origins", "change", "UPDATE OR DELETE", "ROW", "refuse_rewriting"),
            ("score_log_origins", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
            ("corrections", "update", "UPDATE", "ROW", "refuse_rewriting"),
            ("corrections", "delete", "DELETE", "ROW", "keep_correction"),
            ("corrections", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
        )
    ),
)


def upgrade() -> None:
    """Make the tables, and what keeps them from being changed."""
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _make_scores(count)
    op.create_table(
        "score_log_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("serial", count, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name="score_log_head_one"),
    )
    op.execute(FIRST_HEAD)
    op.create_table(
        "score_log_origins",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
    )
    _make_corrections()
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.get_bind().exec_driver_sql(guard)


def _make_scores(count: sa.types.TypeEngine[int]) -> None:
    texts = (
        "essay_id", "text_sha256", "task_sha256", "model_name", "model_version", "model_digest", "arm",
        "reading_fingerprint",
    )  # fmt: skip
    op.create_table(
        "score_log",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("prediction", "grade", "route")),
        sa.Column("urgency", sa.Float(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("batch_id", "correlation_id", "previous", "digest")
        ),
    )
    op.create_index("score_log_id", "score_log", ["id"], unique=True)
    op.create_index("score_log_essay", "score_log", ["essay_id", "serial"])
    op.create_table(
        "score_queue",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("urgency", sa.Float(), nullable=False),
    )
    op.create_index("score_queue_order", "score_queue", [sa.text("urgency DESC"), "serial", "route"])


def _make_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("serial", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "score_id", sa.String(), sa.ForeignKey("score_log.id", name="corrections_score"), nullable=False
        ),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("essay_id", "text_sha256", "model_digest", "model_grade", "grade", "corrected_by")
        ),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("corrections_id", "corrections", ["id"], unique=True)
    op.create_index("corrections_of_score", "corrections", ["score_id"])
    op.create_index("corrections_at", "corrections", ["corrected_at"])
