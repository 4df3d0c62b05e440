"""Batches that are judged, unless another program has them; what they came to, and events that tell of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make every table; those of what is judged only where there is none of that name."""
    for name, make in (
        ("cj_batch_uploads", _make_uploads),
        ("cj_processed_essays", _make_essays),
        ("cj_comparison_pairs", _make_pairs),
        ("anchor_essay_references", _make_anchors),
        ("assessment_instructions", _make_tasks),
    ):
        if not sa.inspect(op.get_bind()).has_table(name):
            make()
    _make_results()
    _make_essay_results()
    _make_outbox()


def _make_uploads() -> None:
    op.create_table(
        "cj_batch_uploads",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.String()),
    )


def _make_essays() -> None:
    op.create_table(
        "cj_processed_essays",
        sa.Column("cj_batch_id", sa.String(), primary_key=True),
        sa.Column("els_essay_id", sa.String(), primary_key=True),
        sa.Column("text_storage_id", sa.String()),
        sa.Column("assessment_input_text", sa.Text()),
        sa.Column("is_anchor", sa.Boolean(), nullable=False),
        sa.Column("current_bt_score", sa.Float()),
        sa.Column("current_bt_se", sa.Float()),
        sa.Column("comparison_count", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True)),
        sa.Column("processing_metadata", sa.JSON()),
    )


def _make_pairs() -> None:
    op.create_table(
        "cj_comparison_pairs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("cj_batch_id", sa.String(), nullable=False, index=True),
        sa.Column("essay_a_els_id", sa.String(), nullable=False),
        sa.Column("essay_b_els_id", sa.String(), nullable=False),
        sa.Column("winner", sa.String()),
        sa.Column("confidence", sa.Float()),
        sa.Column("judge", sa.String()),
    )


def _make_anchors() -> None:
    op.create_table(
        "anchor_essay_references",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("anchor_label", sa.String()),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("grade_scale", sa.String()),
        sa.Column("text_storage_id", sa.String(), index=True),
        sa.Column("assignment_id", sa.String()),
    )


def _make_tasks() -> None:
    op.create_table(
        "assessment_instructions",
        sa.Column("assignment_id", sa.String(), primary_key=True),
        sa.Column("instructions_text", sa.Text()),
        sa.Column("grade_scale", sa.String()),
    )


def _make_results() -> None:
    op.create_table("batch_locks", sa.Column("batch_id", sa.String(), primary_key=True))
    op.create_table(
        "batch_results",
        sa.Column("batch_id", sa.String(), primary_key=True),
        sa.Column("finalized_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scale", sa.String()),
        sa.Column("scoring_method", sa.String(), nullable=False),
        sa.Column("model_name", sa.String()),
        sa.Column("model_version", sa.String()),
        sa.Column("model_digest", sa.String()),
        sa.Column("correlation_id", sa.String(), nullable=False),
    )
    op.create_index("batch_results_finalized", "batch_results", ["finalized_at"])


def _make_essay_results() -> None:
    op.create_table(
        "essay_results",
        sa.Column(
            "batch_id",
            sa.String(),
            sa.ForeignKey("batch_results.batch_id", name="essay_results_batch"),
            primary_key=True,
        ),
        sa.Column("essay_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_anchor", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("bt_score", sa.Float(), nullable=False),
        sa.Column("bt_se", sa.Float(), nullable=False),
        sa.Column("bt_grade", sa.String()),
        sa.Column("bt_probabilities", sa.JSON(), nullable=False),
        sa.Column("ml_grade", sa.String()),
        sa.Column("ml_confidence", sa.Float()),
        sa.Column("ml_probabilities", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String()),
        sa.Column("confidence", sa.Float()),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("scoring_method", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("disagrees", sa.Boolean(), nullable=False),
        sa.Column("score_id", sa.String()),
        sa.Column("model_digest", sa.String()),
    )


def _make_outbox() -> None:
    op.create_table(
        "gradewise_outbox",
        sa.Column("serial", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
    )
    op.create_index("gradewise_outbox_id", "gradewise_outbox", ["id"], unique=True)
    op.create_index(
        "gradewise_outbox_waiting",
        "gradewise_outbox",
        ["serial"],
        postgresql_where=sa.text("published_at IS NULL"),
        sqlite_where=sa.text("published_at IS NULL"),
    )
