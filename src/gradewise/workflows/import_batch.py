"""A batch of judged essays from files: essays, comparisons, anchors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.essays.intake import NO_TEXT
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.comparisons import UNKNOWN_JUDGE, Comparison, ComparisonColumns, Judged, take_in
from gradewise.protocols import EssaySource

IDS = ("essay_id", "id", "item", "els_essay_id")
"""Columns that name an essay, the first that is there."""
TEXTS = ("text", "essay", "text_content", "full_text", "assessment_input_text")
"""Columns that hold it."""
GRADES = ("grade", "known_grade", "label")
"""Columns that hold an anchor's grade."""
PAIRS: tuple[ComparisonColumns, ...] = (
    ComparisonColumns(first="essay_a", second="essay_b", winner="winner"),
    ComparisonColumns(first="first", second="second", winner="winner"),
    ComparisonColumns(first="essay_a_id", second="essay_b_id", winner="winner_essay_id"),
    ComparisonColumns(first="essay_a_els_id", second="essay_b_els_id", winner="winner"),
    ComparisonColumns(first="winner", second="loser"),
    ComparisonColumns(),
)
"""Columns of comparisons, the first that are there."""
IMPORTED = "PERFORMING_COMPARISONS"
"""Status of a batch that was imported; it is final when its result is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBatch:
    """A batch as files have it."""

    batch: JudgedBatch
    """The batch."""
    set_aside: Mapping[str, int]
    """Rows of comparisons that are none, by reason."""


def read_batch(
    batch_id: str,
    comparisons: EssaySource,
    *,
    essays: EssaySource | None = None,
    anchors: EssaySource | None = None,
    scale: Scale | None = None,
    task: str | None = None,
) -> ReadBatch:
    """Read a batch; columns are found by their names.

    Args:
        batch_id: How it is called.
        comparisons: One row each: ``essay_a, essay_b, winner``, or ``winner, loser``, and perhaps ``judge``.
        essays: ``essay_id, text``; without it only ids are known, and no model can be asked.
        anchors: ``essay_id, grade``; the text too where `essays` has it not.
        scale: Of the anchors' grades.
        task: What the essays answer.

    Raises:
        InputError: a column is missing, an essay or anchor is there twice, or a grade is not on the scale.
    """
    grades = _by_id(anchors, GRADES)
    texts = {**_by_id(anchors, TEXTS, needed=False), **_by_id(essays, TEXTS)}
    judged = _comparisons(comparisons, items={*texts, *grades} if essays is not None else None)
    if scale is not None:
        grades = {name: scale.canonical(grade) for name, grade in grades.items()}
    names = sorted({*texts, *grades, *judged.comparisons.items})
    batch = JudgedBatch(
        id=batch_id,
        essays=tuple(_essay(name, texts, grades, task or batch_id) for name in names),
        comparisons=_rows(judged),
        scale=None if scale is None else scale.name,
        status=IMPORTED,
    )
    return ReadBatch(batch=batch, set_aside={str(reason): n for reason, n in judged.set_aside.items()})


def _essay(name: str, texts: Mapping[str, str], grades: Mapping[str, str], task: str) -> BatchEssay:
    text = texts.get(name, "")
    return BatchEssay(
        id=name,
        text=None if text.strip().casefold() in NO_TEXT else text,
        known_grade=grades.get(name),
        is_anchor=name in grades,
        prompt=task,
    )


def _by_id(source: EssaySource | None, columns: Sequence[str], *, needed: bool = True) -> dict[str, str]:
    if source is None:
        return {}
    named = _first(source, IDS)
    if not needed and not set(columns) & set(source.columns()):
        return {}
    held = _first(source, columns)
    found: dict[str, str] = {}
    for row in source.rows():
        name = row[named].strip()
        if not name or name in found:
            problem = "is there twice; keep one" if name else "names no essay; give each row an id"
            raise InputError(f"{source.location}: {quotable(name) or 'a row'!r} {problem}")
        found[name] = row[held]
    return found


def _first(source: EssaySource, columns: Iterable[str]) -> str:
    there = source.columns()
    for name in columns:
        if name in there:
            return name
    raise InputError(
        f"{source.location} has none of the columns {', '.join(columns)}; it has "
        f"{', '.join(map(quotable, there))}"
    )


def _comparisons(source: EssaySource, items: set[str] | None) -> Judged:
    there = set(source.columns())
    for columns in PAIRS:
        wanted = {columns.first, columns.second, columns.winner} - {None}
        if wanted <= there:
            return take_in(source.rows(), _optional(columns, there), items=items)
    raise InputError(
        f"{source.location} has no comparisons: give columns essay_a, essay_b and winner, or winner and "
        f"loser; it has {', '.join(map(quotable, source.columns()))}"
    )


def _optional(columns: ComparisonColumns, there: set[str]) -> ComparisonColumns:
    return ComparisonColumns(
        first=columns.first,
        second=columns.second,
        winner=columns.winner,
        judge="judge" if "judge" in there else None,
        confidence="confidence" if "confidence" in there else None,
    )


def _rows(judged: Judged) -> tuple[Comparison, ...]:
    pairs = judged.comparisons
    columns = zip(
        pairs.first.tolist(),
        pairs.second.tolist(),
        pairs.first_won.tolist(),
        pairs.judges.tolist(),
        pairs.confidences.tolist(),
        strict=True,
    )
    return tuple(
        Comparison(
            first=pairs.items[first],
            second=pairs.items[second],
            first_won=won,
            judge="" if judge == UNKNOWN_JUDGE else pairs.judge_names[judge],
            confidence=None if sureness != sureness else sureness,  # noqa: PLR0124 - nan is no number
        )
        for first, second, won, judge, sureness in columns
    )
