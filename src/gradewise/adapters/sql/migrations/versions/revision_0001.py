"""The table of models that programs before gradewise have; one that is there is taken as it is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table, unless it is there."""
    if sa.inspect(op.get_bind()).has_table("ml_models"):
        return
    facts = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "ml_models",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("model_name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("model_path", sa.String(), nullable=False),
        sa.Column("metrics", facts),
        sa.Column("hyperparameters", facts),
        sa.Column("feature_names", facts),
        sa.Column("metadata", facts),
    )
