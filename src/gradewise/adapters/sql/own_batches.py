"""Batches are put into tables of ours."""

from datetime import datetime

from sqlalchemy import Connection, delete, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.acts import upserting
from gradewise.adapters.sql.batch_tables import ESSAYS, PAIRS, TASKS, UPLOADS
from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable
from gradewise.judgement.batches import BatchEssay, JudgedBatch

OURS = (UPLOADS, ESSAYS, PAIRS, TASKS)
"""Tables that a batch is written to."""


def require_ours(connection: Connection, location: str) -> None:
    """Refuse to write into tables that another program keeps.

    Raises:
        InputError: a table has not our columns, or more than those.
    """
    for table in OURS:
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        if there != set(table.columns.keys()):
            raise InputError(
                f"{table.name} in {location} belongs to another program, which alone writes it; import into "
                "another database (GRADEWISE_DATABASE_URL)"
            )


async def write_batch(connection: AsyncConnection, batch: JudgedBatch, made_at: datetime) -> None:
    """Write a batch in place of what it was."""
    for table, column in ((PAIRS, "cj_batch_id"), (ESSAYS, "cj_batch_id"), (UPLOADS, "id")):
        await connection.execute(delete(table).where(table.c[column] == batch.id))
    task = next((essay for essay in batch.essays if essay.prompt is not None), None)
    assignment = None if task is None else task.prompt
    await connection.execute(
        UPLOADS.insert().values(
            id=batch.id, status=batch.status, created_at=made_at, assignment_id=assignment
        )
    )
    if task is not None:
        await _write_task(connection, task, batch)
    await connection.execute(ESSAYS.insert(), [_essay(batch, n, made_at) for n in range(len(batch.essays))])
    if batch.comparisons:
        await connection.execute(PAIRS.insert(), [_pair(batch, n) for n in range(len(batch.comparisons))])


async def _write_task(connection: AsyncConnection, essay: BatchEssay, batch: JudgedBatch) -> None:
    """Write the task of an essay; what is known of it from other batches stays, where this one says nothing.

    Raises:
        InputError: other batches answer another task of that name.
    """
    known = (await connection.execute(select(TASKS).where(TASKS.c.assignment_id == essay.prompt))).first()
    told = {"instructions_text": essay.prompt_text, "grade_scale": batch.scale}
    if known is not None:
        others = select(UPLOADS.c.id).where(UPLOADS.c.assignment_id == essay.prompt, UPLOADS.c.id != batch.id)
        other = await connection.scalar(others.limit(1))
        if other is not None:
            _require_same_text(essay, known.instructions_text, other)
            told = {name: getattr(known, name) if value is None else value for name, value in told.items()}
    written = upserting(connection)(TASKS).values(assignment_id=essay.prompt, **told)
    await connection.execute(written.on_conflict_do_update(index_elements=[TASKS.c.assignment_id], set_=told))


def _require_same_text(essay: BatchEssay, known: str | None, other: str) -> None:
    if None not in (known, essay.prompt_text) and known != essay.prompt_text:
        raise InputError(
            f"task {quotable(essay.prompt or '')!r} has another text in batch {quotable(other)!r}; give this "
            "batch another name for its task (--task), or the same text"
        )


def _essay(batch: JudgedBatch, position: int, made_at: datetime) -> dict[str, object]:
    essay = batch.essays[position]
    known = None if essay.known_grade is None else {"known_grade": essay.known_grade}
    return {
        "cj_batch_id": batch.id,
        "els_essay_id": essay.id,
        "assessment_input_text": essay.text,
        "is_anchor": essay.is_anchor,
        "created_at": made_at,
        "processing_metadata": known,
    }


def _pair(batch: JudgedBatch, position: int) -> dict[str, object]:
    pair = batch.comparisons[position]
    return {
        "cj_batch_id": batch.id,
        "essay_a_els_id": pair.first,
        "essay_b_els_id": pair.second,
        "winner": "essay_a" if pair.first_won else "essay_b",
        "confidence": pair.confidence,
        "judge": pair.judge or None,
    }
