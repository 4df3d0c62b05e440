"""The tables of answers and of what became of them, as the newest revision has them."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ExecutableDDLElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    event,
)

from gradewise.adapters.sql.tables import METADATA, Instant

COUNT = BigInteger().with_variant(Integer, "sqlite")
"""A whole number that may become great; SQLite's are all so."""

SCORES = Table(
    "score_log",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("essay_id", String, nullable=False),
    Column("text_sha256", String, nullable=False),
    Column("task_sha256", String, nullable=False),
    Column("model_name", String, nullable=False),
    Column("model_version", String, nullable=False),
    Column("model_digest", String, nullable=False),
    Column("arm", String, nullable=False),
    Column("reading_fingerprint", String, nullable=False),
    Column("reading", LargeBinary, nullable=False),
    Column("prediction", String, nullable=False),
    Column("grade", String, nullable=False),
    Column("route", String, nullable=False),
    Column("urgency", Float, nullable=False),
    Column("batch_id", String, nullable=False),
    Column("correlation_id", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
    Index("score_log_id", "id", unique=True),
    Index("score_log_essay", "essay_id", "serial"),
)
"""Answers in their chain, which the database itself keeps from being changed."""

QUEUE = Table(
    "score_queue",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("route", String, nullable=False),
    Column("urgency", Float, nullable=False),
)
"""Answers that wait for somebody; triggers keep it, so that asking takes no longer over the years."""
Index("score_queue_order", QUEUE.c.urgency.desc(), QUEUE.c.serial, QUEUE.c.route)

HEAD = Table(
    "score_log_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("serial", COUNT, nullable=False),
    Column("digest", String, nullable=False),
    CheckConstraint("id = 1", name="score_log_head_one"),
)
"""Where the chain ends: one row, which whoever adds to the chain holds first."""

ORIGINS = Table(
    "score_log_origins",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("before", Instant, nullable=False),
)
"""What the chain began after, each time that old answers were forgotten; the last counts."""

CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("serial", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("score_id", String, ForeignKey("score_log.id", name="corrections_score"), nullable=False),
    Column("essay_id", String, nullable=False),
    Column("text_sha256", String, nullable=False),
    Column("model_digest", String, nullable=False),
    Column("model_grade", String, nullable=False),
    Column("grade", String, nullable=False),
    Column("corrected_by", String, nullable=False),
    Column("corrected_at", Instant, nullable=False),
    Column("reason", String, nullable=False),
    Index("corrections_id", "id", unique=True),
    Index("corrections_of_score", "score_id"),
    Index("corrections_at", "corrected_at"),
)
"""What teachers decided, in the order in which it was told."""

CORRECTION_LINKS = Table(
    "correction_links",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("correction_id", String, nullable=False),
    Column("score_serial", COUNT, nullable=False),
    Column("content", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
    Index("correction_links_correction", "correction_id", unique=True),
)
"""The chain of corrections; a link stays when what it is of is forgotten."""

FIRST_HEAD = f"INSERT INTO score_log_head VALUES (1, 0, '{'0' * 64}')"  # noqa: S608 - a constant
_ORIGIN = "coalesce((SELECT max(serial) FROM score_log_origins), 0)"
_ERASED = "EXISTS (SELECT 1 FROM erased_answers WHERE serial = OLD.serial AND digest = OLD.digest)"
_GONE = "EXISTS (SELECT 1 FROM erased_answers WHERE serial = score_log.serial AND digest = score_log.digest)"
_REFUSE = "BEGIN SELECT RAISE(ABORT, '{0} is only ever added to'); END"
# INSERT OR REPLACE deletes without asking the triggers of deletions.
SQLITE_GUARDS = (
    f"CREATE TRIGGER score_log_no_update BEFORE UPDATE ON score_log {_REFUSE.format('score_log')}",
    f"""CREATE TRIGGER score_log_no_delete BEFORE DELETE ON score_log
    WHEN OLD.serial > {_ORIGIN} AND NOT {_ERASED} {_REFUSE.format("score_log")}""",
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
    WHEN EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN} AND NOT {_GONE})
    {_REFUSE.format("corrections")}""",  # noqa: S608 - constants
    f"""CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections
    WHEN EXISTS (SELECT 1 FROM corrections WHERE id = NEW.id OR serial = NEW.serial)
    {_REFUSE.format("corrections")}""",  # noqa: S608 - constants
    f"""CREATE TRIGGER correction_links_no_update BEFORE UPDATE ON correction_links
    {_REFUSE.format("correction_links")}""",
    f"""CREATE TRIGGER correction_links_no_delete BEFORE DELETE ON correction_links
    {_REFUSE.format("correction_links")}""",
    f"""CREATE TRIGGER correction_links_no_replace BEFORE INSERT ON correction_links
    WHEN NEW.serial <= (SELECT max(serial) FROM correction_links)
    OR EXISTS (SELECT 1 FROM correction_links WHERE correction_id = NEW.correction_id)
    {_REFUSE.format("correction_links")}""",  # noqa: S608 - constants
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
    BEGIN IF OLD.serial > {_ORIGIN} AND NOT {_ERASED} THEN {_RAISE}; END IF; RETURN OLD; END $$""",
    f"""CREATE FUNCTION gradewise_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN} AND NOT {_GONE})
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
            ("correction_links", "change", "UPDATE OR DELETE", "ROW", "refuse_rewriting"),
            ("correction_links", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
        )
    ),
)
"""What keeps answers and corrections from being changed, and the queue, statement by statement."""
_KEPT = ("score_log", "score_log_origins", "corrections", "correction_links")
_QUEUEING = frozenset({"score_queue_joined", "score_queue_served", "score_queue_left"})
SCORING_TRIGGERS = {
    "sqlite": frozenset(f"{table}_no_{what}" for table in _KEPT for what in ("update", "delete", "replace"))
    | _QUEUEING,
    "postgresql": frozenset(
        f"{table}_no_{what}" for table in ("score_log", "corrections") for what in ("update", "delete")
    )
    | frozenset(f"{table}_no_truncate" for table in _KEPT)
    | {"score_log_origins_no_change", "correction_links_no_change"}
    | _QUEUEING,
}
"""Names of the triggers among them."""


# Triggers name other tables, so they come when all tables are there.
for _dialect, _statements in {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRESQL_GUARDS}.items():
    for _statement in _statements:
        _guard: ExecutableDDLElement = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(METADATA, "after_create", _guard.execute_if(dialect=_dialect))
_first: ExecutableDDLElement = DDL(FIRST_HEAD)  # type: ignore[no-untyped-call]
event.listen(HEAD, "after_create", _first)
