"""A batch of judged essays from files, to be kept: what judgement reads of them, with texts and a task."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import repair_text
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice, silent
from gradewise.workflows.judge.reading import BatchFiles, OpenTable, read_batch
from gradewise.workflows.judge.tables import read_task, read_texts

IMPORTED = "PERFORMING_COMPARISONS"
"""Status of a batch that was imported; it is final when its result is kept."""


def read_import(
    batch_id: str,
    files: BatchFiles,
    open_table: OpenTable,
    *,
    scale: Scale | None = None,
    task: str | None = None,
    prompt_text: str | None = None,
    listener: Listener = silent,
) -> JudgedBatch:
    """Read a batch; columns are found by their names, and anchors are essays of it, too.

    Args:
        batch_id: How it is called.
        files: Comparisons, and perhaps essays with their texts, and anchors with their grades; the texts of
            anchors may stand with either.
        open_table: Opens each.
        scale: Of the anchors' grades.
        task: Which task the essays answer.
        prompt_text: The task as the writers saw it; where ``None``, what the tables of essays and of anchors
            say.
        listener: Hears of rows that are no comparison, and of anchors that were never compared.

    Raises:
        InputError: a column is missing, an essay is there twice, a grade is not on the scale, or essays
            answer different tasks.
    """
    read = read_batch(replace(files, anchors_belong=True), open_table, listener=listener)
    if read.unjudged:
        named = ", ".join(quotable(name) for name in read.unjudged)
        listener(Notice(f"anchors that nobody compared are left out: {named}"))
    texts = {
        **_texts(files.anchors, open_table, needed=False),
        **_texts(files.essays, open_table, needed=True),
    }

    typed = repair_text(prompt_text or "").text.strip()
    asked = typed or _task(files.essays, open_table) or _task(files.anchors, open_table) or None

    def _whole(essay: BatchEssay) -> BatchEssay:
        grade = essay.known_grade
        known = grade if scale is None or grade is None else scale.canonical(grade)
        text = texts.get(essay.id)
        return replace(essay, text=text, known_grade=known, prompt=task or batch_id, prompt_text=asked)

    # What was set aside, and what was shown first where that is unknown, is no part of what is kept.
    return replace(
        read.batch,
        id=batch_id,
        essays=tuple(map(_whole, read.batch.essays)),
        set_aside={},
        positions_known=True,
        scale=None if scale is None else scale.name,
        status=IMPORTED,
    )


def _task(path: Path | None, open_table: OpenTable) -> str:
    return "" if path is None else read_task(open_table(path))


def _texts(path: Path | None, open_table: OpenTable, *, needed: bool) -> Mapping[str, str]:
    if path is None:
        return {}
    source: EssaySource = open_table(path)
    return read_texts(source, needed=needed)
