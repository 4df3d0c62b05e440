"""The tables of what was taken out of the score log one by one, as the newest revision has them."""

from sqlalchemy import DDL, Column, ExecutableDDLElement, ForeignKey, String, Table, event

from gradewise.adapters.sql.scoring_tables import COUNT
from gradewise.adapters.sql.tables import METADATA, Instant

ERASURES = Table(
    "erasures",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("erased_at", Instant, nullable=False),
    Column("erased_by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("digest", String, nullable=False),
)
"""That answers were taken out, in a chain."""

ERASED = Table(
    "erased_answers",
    METADATA,
    Column("serial", COUNT, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("erasure", COUNT, ForeignKey("erasures.serial", name="erased_answers_erasure"), nullable=False),
)
"""What is left of them; an answer may be removed once it stands here, and is put here while it is there."""

_REFUSE = "BEGIN SELECT RAISE(ABORT, '{0} is only ever added to'); END"
_LAST = "coalesce((SELECT max(serial) FROM erasures), 0)"
_UNFIT = f"""NEW.erasure <> {_LAST}
    OR NOT EXISTS (SELECT 1 FROM score_log WHERE serial = NEW.serial AND digest = NEW.digest)"""  # noqa: S608 - constants
SQLITE_GUARDS = (
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
"""What keeps the lines from being changed, and lets only answers that are there be taken out."""
ERASURE_TRIGGERS = {
    "sqlite": frozenset(
        {"erasures_no_update", "erasures_no_delete", "erasures_no_replace"}
        | {"erased_answers_no_update", "erased_answers_no_delete", "erased_answers_no_other"}
    ),
    "postgresql": frozenset(
        f"{table}_no_{what}"
        for table in ("erasures", "erased_answers")
        for what in ("change", "truncate", "other")
    ),
}
"""Names of the triggers among them."""

# Triggers name other tables, so they come when all tables are there.
for _dialect, _statements in {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRESQL_GUARDS}.items():
    for _statement in _statements:
        _guard: ExecutableDDLElement = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(METADATA, "after_create", _guard.execute_if(dialect=_dialect))
