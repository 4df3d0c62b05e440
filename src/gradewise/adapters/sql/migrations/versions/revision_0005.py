"""The chain of corrections; those that are there are chained as they stand, in the order of their telling."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

from gradewise.scores.chain import START, Link

# The form of a link has a number and is never edited, so that this stays what it was.
from gradewise.scores.correction_chain import FORM_1, link_correction
from gradewise.scores.corrections import Correction

revision = "0005"
down_revision = "0004"

LINK_COLUMNS = ("serial", "correction_id", "score_serial", "content", "previous", "digest")
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'correction_links is only ever added to'); END"
SQLITE_GUARDS = (
    f"CREATE TRIGGER correction_links_no_update BEFORE UPDATE ON correction_links {_REFUSE}",
    f"CREATE TRIGGER correction_links_no_delete BEFORE DELETE ON correction_links {_REFUSE}",
    f"""CREATE TRIGGER correction_links_no_replace BEFORE INSERT ON correction_links
    WHEN NEW.serial <= (SELECT max(serial) FROM correction_links)
    OR EXISTS (SELECT 1 FROM correction_links WHERE correction_id = NEW.correction_id) {_REFUSE}""",  # noqa: S608 - constants
)
POSTGRESQL_GUARDS = tuple(
    f"""CREATE TRIGGER correction_links_no_{name} BEFORE {when} ON correction_links
    FOR EACH {each} EXECUTE FUNCTION gradewise_refuse_rewriting()"""
    for name, when, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
)


def upgrade() -> None:
    """Make the table, chain what is there, and keep the chain from being changed."""
    count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    texts = ("content", "previous", "digest")
    links = op.create_table(
        "correction_links",
        sa.Column("serial", count, primary_key=True, autoincrement=False),
        sa.Column("correction_id", sa.String(), nullable=False),
        sa.Column("score_serial", count, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
    )
    op.create_index("correction_links_correction", "correction_links", ["correction_id"], unique=True)
    _chain(links)
    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.get_bind().exec_driver_sql(guard)


def _chain(links: sa.Table) -> None:
    kept = sa.table(
        "corrections", sa.column("serial"), *(sa.column(name) for name in FORM_1 if name != "corrected_at"),
        sa.column("corrected_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    scores = sa.table("score_log", sa.column("serial"), sa.column("id"))
    query = (
        sa.select(scores.c.serial.label("score_serial"), *(kept.c[name] for name in FORM_1))
        .join(scores, scores.c.id == kept.c.score_id)
        .order_by(kept.c.serial)
    )
    place = START
    for row in op.get_bind().execute(query).mappings().all():
        told = {name: row[name] for name in FORM_1}
        if told["corrected_at"].tzinfo is None:  # SQLite keeps moments in UTC, without saying so
            told["corrected_at"] = told["corrected_at"].replace(tzinfo=UTC)
        link = link_correction(Correction(**told), row["score_serial"], place)
        op.get_bind().execute(links.insert().values({name: getattr(link, name) for name in LINK_COLUMNS}))
        place = Link(link.serial, link.digest)
