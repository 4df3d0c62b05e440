"""The registry's tables, as the newest revision has them."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ExecutableDDLElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from gradewise.registry.stages import STAGES

NEWEST: Final = "0006"
"""The revision that these tables are."""
VERSION_TABLE: Final = "gradewise_version"
"""Where a database says of which revision it is; others keep theirs in ``alembic_version``."""


class Instant(TypeDecorator[datetime]):
    """A moment, in UTC; SQLite keeps it without its zone, in a form that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it is kept."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As it is read: with its zone."""
        del dialect
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def facts() -> Any:
    """JSON that PostgreSQL takes apart, so that it can be asked about; the order of keys is not kept."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


METADATA = MetaData()
"""Every table of ours."""

NAMES = Table(
    "model_names",
    METADATA,
    Column("name", String, primary_key=True),
    Column("serial", Integer, nullable=False),
)
"""How much was done under each name. An act changes its row first, which makes acts wait for each other."""

MODELS = Table(
    "ml_models",
    METADATA,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("model_name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("stage", String, nullable=False),
    Column("model_path", String, nullable=False),
    Column("metrics", facts()),
    Column("hyperparameters", facts()),
    Column("feature_names", facts()),
    Column("metadata", facts()),
    Column("content_id", String),
    Column("serial", Integer, nullable=False),
    Column("pruned_at", Instant),
    CheckConstraint(f"stage IN {STAGES}", name="ml_models_stage"),
    Index("ml_models_version", "model_name", "version", unique=True),
    Index("ml_models_content", "model_name", "content_id", unique=True),
    Index("ml_models_serial", "model_name", "serial", unique=True),
)
"""Models; the first ten columns are those that other programs know."""
Index(
    "ml_models_one_production",
    MODELS.c.model_name,
    unique=True,
    postgresql_where=MODELS.c.stage == "production",
    sqlite_where=MODELS.c.stage == "production",
)

GATE_REPORTS = Table(
    "gate_reports",
    METADATA,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("content_id", String, nullable=False),
    Column("model_name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("against", String),
    Column("made_at", Instant, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("rules_digest", String, nullable=False),
    Column("data_sha256", String, nullable=False),
    Column("report", JSON, nullable=False),
    Index("gate_reports_content", "content_id", "made_at"),
)
"""What gates said; reports are kept letter by letter."""

CHANGES = Table(
    "stage_changes",
    METADATA,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("model_name", String, ForeignKey("model_names.name", name="stage_changes_name"), nullable=False),
    Column("serial", Integer, nullable=False),
    Column("act", String, nullable=False),
    Column(
        "model_id",
        Uuid(as_uuid=False),
        ForeignKey("ml_models.id", name="stage_changes_model"),
        nullable=False,
    ),
    Column("version", String, nullable=False),
    Column("from_stage", String),
    Column("to_stage", String, nullable=False),
    Column("replaced_id", Uuid(as_uuid=False), ForeignKey("ml_models.id", name="stage_changes_replaced")),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("override", String),
    Column("gate_report_id", Uuid(as_uuid=False), ForeignKey("gate_reports.id", name="stage_changes_report")),
    Column("correlation_id", String, nullable=False),
    Index("stage_changes_serial", "model_name", "serial", unique=True),
)
"""The audit trail, which the database itself keeps from being changed."""

RUNS = Table(
    "training_runs",
    METADATA,
    Column("run_id", String, primary_key=True),
    Column("experiment", String, nullable=False),
    Column("command", String, nullable=False),
    Column("run_name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("failure_reason", String),
    Column("correlation_id", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("elapsed_seconds", Float, nullable=False),
    Column("metric_name", String),
    Column("metric_value", Float),
    Column("entry", JSON, nullable=False),
    Index("training_runs_started", "started_at", "run_id"),
    Index("training_runs_experiment", "experiment", "started_at"),
    Index("training_runs_state", "state", "started_at"),
    # Everything that a summary asks about, so that it need not read the rows themselves.
    Index(
        "training_runs_summary", "experiment", "command", "metric_name", "state", "metric_value", "told_at"
    ),
)
"""Runs, each as it was last told; figures keep their order in ``entry``."""

REFUSED = "stage_changes is only ever added to"
SQLITE_GUARDS = (
    f"""CREATE TRIGGER stage_changes_no_update BEFORE UPDATE ON stage_changes
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER stage_changes_no_delete BEFORE DELETE ON stage_changes
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    f"""CREATE TRIGGER stage_changes_no_replace BEFORE INSERT ON stage_changes
    WHEN EXISTS (SELECT 1 FROM stage_changes WHERE id = NEW.id
                 OR (model_name = NEW.model_name AND serial = NEW.serial))
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",  # noqa: S608 - a constant
)
POSTGRESQL_GUARDS = (
    f"""CREATE FUNCTION gradewise_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSED}'; END $$""",
    """CREATE TRIGGER stage_changes_no_change BEFORE UPDATE OR DELETE ON stage_changes
    FOR EACH ROW EXECUTE FUNCTION gradewise_refuse_change()""",
    """CREATE TRIGGER stage_changes_no_truncate BEFORE TRUNCATE ON stage_changes
    FOR EACH STATEMENT EXECUTE FUNCTION gradewise_refuse_change()""",
)
"""What keeps the audit trail from being changed, statement by statement."""
GUARDS = {"sqlite": SQLITE_GUARDS, "postgresql": POSTGRESQL_GUARDS}
TRIGGERS = {
    "sqlite": frozenset({"stage_changes_no_update", "stage_changes_no_delete", "stage_changes_no_replace"}),
    "postgresql": frozenset({"stage_changes_no_change", "stage_changes_no_truncate"}),
}
"""Names of the triggers among them."""
for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _guard: ExecutableDDLElement = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(CHANGES, "after_create", _guard.execute_if(dialect=_dialect))
