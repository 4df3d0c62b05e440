"""Names that count what is done under them, the audit trail, gate reports and runs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

REFUSED = "stage_changes is only ever added to"
SQLITE_GUARDS = (
    f"""CREATE TRIGGER stage_changes_no_update BEFORE UPDATE ON stage_changes
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER stage_changes_no_delete BEFORE DELETE ON stage_changes
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
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


def upgrade() -> None:
    """Number the models that are there, and make everything else."""
    _make_names()
    _extend_models()
    _make_reports()
    _make_changes()
    _make_runs()
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.get_bind().exec_driver_sql(guard)


def _make_names() -> None:
    op.create_table(
        "model_names",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("serial", sa.Integer(), nullable=False),
    )
    op.execute("INSERT INTO model_names SELECT model_name, count(*) FROM ml_models GROUP BY model_name")


def _extend_models() -> None:
    op.add_column("ml_models", sa.Column("content_id", sa.String()))
    op.add_column("ml_models", sa.Column("serial", sa.Integer()))
    op.add_column("ml_models", sa.Column("pruned_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE ml_models SET serial = numbered.serial FROM ("
        " SELECT id, row_number() OVER (PARTITION BY model_name ORDER BY created_at, version) AS serial"
        " FROM ml_models) AS numbered WHERE numbered.id = ml_models.id"
    )
    with op.batch_alter_table("ml_models") as models:
        models.alter_column("serial", existing_type=sa.Integer(), nullable=False)
        models.create_check_constraint(
            "ml_models_stage", "stage IN ('dev', 'staging', 'production', 'archived')"
        )
    for name, column in (("version", "version"), ("content", "content_id"), ("serial", "serial")):
        op.create_index(f"ml_models_{name}", "ml_models", ["model_name", column], unique=True)
    op.create_index(
        "ml_models_one_production",
        "ml_models",
        ["model_name"],
        unique=True,
        postgresql_where=sa.text("stage = 'production'"),
        sqlite_where=sa.text("stage = 'production'"),
    )


def _make_reports() -> None:
    op.create_table(
        "gate_reports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("content_id", sa.String(), nullable=False),
        sa.Column("model_name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("against", sa.String()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("rules_digest", sa.String(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
    )
    op.create_index("gate_reports_content", "gate_reports", ["content_id", "made_at"])


def _make_changes() -> None:
    op.create_table(
        "stage_changes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "model_name",
            sa.String(),
            sa.ForeignKey("model_names.name", name="stage_changes_name"),
            nullable=False,
        ),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column(
            "model_id", sa.Uuid(), sa.ForeignKey("ml_models.id", name="stage_changes_model"), nullable=False
        ),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("from_stage", sa.String()),
        sa.Column("to_stage", sa.String(), nullable=False),
        sa.Column("replaced_id", sa.Uuid(), sa.ForeignKey("ml_models.id", name="stage_changes_replaced")),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("override", sa.String()),
        sa.Column("gate_report_id", sa.Uuid(), sa.ForeignKey("gate_reports.id", name="stage_changes_report")),
        sa.Column("correlation_id", sa.String(), nullable=False),
    )
    op.create_index("stage_changes_serial", "stage_changes", ["model_name", "serial"], unique=True)


def _make_runs() -> None:
    op.create_table(
        "training_runs",
        sa.Column("run_id", sa.String(), primary_key=True),
        sa.Column("experiment", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("run_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("failure_reason", sa.String()),
        sa.Column("correlation_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("elapsed_seconds", sa.Float(), nullable=False),
        sa.Column("metric_name", sa.String()),
        sa.Column("metric_value", sa.Float()),
        sa.Column("entry", sa.JSON(), nullable=False),
    )
    for name, columns in (
        ("started", ["started_at", "run_id"]),
        ("experiment", ["experiment", "started_at"]),
        ("state", ["state", "started_at"]),
        ("summary", ["experiment", "command", "metric_name", "state", "metric_value", "told_at"]),
    ):
        op.create_index(f"training_runs_{name}", "training_runs", columns)
