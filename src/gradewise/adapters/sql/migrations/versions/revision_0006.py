"""Answers about one person can be taken out; what is left of them, and the chain of lines that say so."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ORIGIN = "coalesce((SELECT max(serial) FROM score_log_origins), 0)"
_ERASED = "EXISTS (SELECT 1 FROM erased_answers WHERE serial = OLD.serial AND digest = OLD.digest)"
_GONE = "EXISTS (SELECT 1 FROM erased_answers WHERE serial = score_log.serial AND digest = score_log.digest)"
_LAST = "coalesce((SELECT max(serial) FROM erasures), 0)"
_UNFIT = f"""NEW.erasure <> {_LAST}
    OR NOT EXISTS (SELECT 1 FROM score_log WHERE serial = NEW.serial AND digest = NEW.digest)"""  # noqa: S608 - constants
_REFUSE = "BEGIN SELECT RAISE(ABORT, '{0} is only ever added to'); END"
SQLITE_GUARDS = (
    "DROP TRIGGER score_log_no_delete",
    f"""CREATE TRIGGER score_log_no_delete BEFORE DELETE ON score_log
    WHEN OLD.serial > {_ORIGIN} AND NOT {_ERASED} {_REFUSE.format("score_log")}""",
    "DROP TRIGGER corrections_no_delete",
    f"""CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections
    WHEN EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN} AND NOT {_GONE})
    {_REFUSE.format("corrections")}""",  # noqa: S608 - constants
    *(
        f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} {_REFUSE.format(table)}"
        for table in ("erasures", "erased_answers")
        for what in ("update", "delete")
    ),
    f"""CREATE TRIGGER erasures_no_replace BEFORE INSERT ON erasures
    WHEN NEW.serial <> {_LAST} + 1 {_REFUSE.format("erasures")}""",
    f"""CREATE TRIGGER erased_answers_no_other BEFORE INSERT ON erased_answers
    WHEN {_UNFIT} OR EXISTS (SELECT 1 FROM erased_answers WHERE serial = NEW.serial)
    {_REFUSE.format("erased_answers")}""",  # noqa: S608 - constants
)
_RAISE = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to'"
POSTGRESQL_GUARDS = (
    f"""CREATE OR REPLACE FUNCTION gradewise_keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF OLD.serial > {_ORIGIN} AND NOT {_ERASED} THEN {_RAISE}; END IF; RETURN OLD; END $$""",
    f"""CREATE OR REPLACE FUNCTION gradewise_keep_correction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > {_ORIGIN} AND NOT {_GONE})
    THEN {_RAISE}; END IF; RETURN OLD; END $$""",  # noqa: S608 - constants
    f"""CREATE FUNCTION gradewise_follow_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.serial <> {_LAST} + 1 THEN {_RAISE}; END IF; RETURN NEW; END $$""",
    f"""CREATE FUNCTION gradewise_erase_answer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF {_UNFIT} THEN {_RAISE}; END IF; RETURN NEW; END $$""",
    *(
        f"""CREATE TRIGGER {table}_no_{name} BEFORE {when} ON {table}
    FOR EACH {each} EXECUTE FUNCTION gradewise_{what}()"""
        for table, name, when, each, what in (
            ("erasures", "change", "UPDATE OR DELETE", "ROW", "refuse_rewriting"),
            ("erasures", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
            ("erasures", "other", "INSERT", "ROW", "follow_erasure"),
            ("erased_answers", "change", "UPDATE OR DELETE", "ROW", "refuse_rewriting"),
            ("erased_answers", "truncate", "TRUNCATE", "STATEMENT", "refuse_rewriting"),
            ("erased_answers", "other", "INSERT", "ROW", "erase_answer"),
        )
    ),
)


def upgrade() -> None:
    """Make the tables, and let what stands in them be removed from the log."""
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "erasures",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("erased_by", "reason")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("previous", "digest")),
    )
    op.create_table(
        "erased_answers",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "erasure", count, sa.ForeignKey("erasures.serial", name="erased_answers_erasure"), nullable=False
        ),
    )
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.get_bind().exec_driver_sql(guard)
