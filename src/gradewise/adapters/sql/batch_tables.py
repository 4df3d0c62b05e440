"""Tables of batches that are judged, and of what they came to."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from gradewise.adapters.sql.tables import METADATA, Instant

JUDGED = MetaData()
"""What is judged, in the assessment service's own names; tables that are there are taken as they are."""

UPLOADS = Table(
    "cj_batch_uploads",
    JUDGED,
    Column("id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("assignment_id", String),
)
"""Batches."""

ESSAYS = Table(
    "cj_processed_essays",
    JUDGED,
    Column("cj_batch_id", String, primary_key=True),
    Column("els_essay_id", String, primary_key=True),
    Column("text_storage_id", String),
    Column("assessment_input_text", Text),
    Column("is_anchor", Boolean, nullable=False),
    Column("current_bt_score", Float),
    Column("current_bt_se", Float),
    Column("comparison_count", Integer),
    Column("created_at", Instant),
    Column("processing_metadata", JSON(none_as_null=True)),
)
"""Essays of batches, anchors among them."""

PAIRS = Table(
    "cj_comparison_pairs",
    JUDGED,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("cj_batch_id", String, nullable=False, index=True),
    Column("essay_a_els_id", String, nullable=False),
    Column("essay_b_els_id", String, nullable=False),
    Column("winner", String),
    Column("confidence", Float),
    Column("judge", String),
)
"""Comparisons."""

ANCHORS = Table(
    "anchor_essay_references",
    JUDGED,
    Column("id", String, primary_key=True),
    Column("anchor_label", String),
    Column("grade", String, nullable=False),
    Column("grade_scale", String),
    Column("text_storage_id", String, index=True),
    Column("assignment_id", String),
)
"""Anchors, by the text that each is."""

TASKS = Table(
    "assessment_instructions",
    JUDGED,
    Column("assignment_id", String, primary_key=True),
    Column("instructions_text", Text),
    Column("grade_scale", String),
)
"""Tasks."""

LOCKS = Table("batch_locks", METADATA, Column("batch_id", String, primary_key=True))
"""Whoever makes a batch final changes its row first, which makes others wait."""

RESULTS = Table(
    "batch_results",
    METADATA,
    Column("batch_id", String, primary_key=True),
    Column("finalized_at", Instant, nullable=False),
    Column("scale", String),
    Column("scoring_method", String, nullable=False),
    Column("model_name", String),
    Column("model_version", String),
    Column("model_digest", String),
    Column("correlation_id", String, nullable=False),
    Index("batch_results_finalized", "finalized_at"),
)
"""What batches came to."""

ESSAY_RESULTS = Table(
    "essay_results",
    METADATA,
    Column(
        "batch_id",
        String,
        ForeignKey("batch_results.batch_id", name="essay_results_batch"),
        primary_key=True,
    ),
    Column("essay_id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("is_anchor", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("bt_score", Float, nullable=False),
    Column("bt_se", Float, nullable=False),
    Column("bt_grade", String),
    Column("bt_probabilities", JSON, nullable=False),
    Column("ml_grade", String),
    Column("ml_confidence", Float),
    Column("ml_probabilities", JSON, nullable=False),
    Column("grade", String),
    Column("confidence", Float),
    Column("probabilities", JSON, nullable=False),
    Column("scoring_method", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("disagrees", Boolean, nullable=False),
    Column("score_id", String),
    Column("model_digest", String),
)
"""What batches came to, one row an essay; each with the model's digest, spoken of or not."""

OUTBOX = Table(
    "gradewise_outbox",
    METADATA,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("key", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("published_at", Instant),
    Index("gradewise_outbox_id", "id", unique=True),
)
"""Events to be published. The assessment service has an outbox of its own, so ours has another name."""
Index("gradewise_outbox_waiting", OUTBOX.c.serial, postgresql_where=OUTBOX.c.published_at.is_(None),
      sqlite_where=OUTBOX.c.published_at.is_(None))  # fmt: skip
