"""A batch from tables: comparisons, its essays, and the known grades of its anchors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gradewise.errors import InputError
from gradewise.judgement.anchor_grades import (
    AnchorReference,
    ClaimedAnchor,
    ResolvedGrades,
    resolve_grades,
)
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.columns import NamedColumns, guess_columns
from gradewise.judgement.comparisons import Comparisons, Judged, take_in
from gradewise.judgement.decisions import Comparison
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice, silent
from gradewise.workflows.judge.tables import chosen_rows, read_anchors, read_claims

OpenTable = Callable[[Path], EssaySource]
"""Opens a table by the name of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFiles:
    """Where a batch is, as files."""

    comparisons: Path | None = None
    """Decisions, a row each; ``None`` before there are any."""
    columns: NamedColumns = field(default_factory=NamedColumns)
    """Which column of it holds what, where its names do not tell."""
    where: tuple[tuple[str, str], ...] = ()
    """Columns, and what they must hold for a row to count."""
    essays: Path | None = None
    """All essays of the batch, those included that nobody compared; with them, others are set aside."""
    anchors: Path | None = None
    """Essays or texts with known grades."""
    anchors_belong: bool = False
    """Whether each row of `anchors` is an essay of the batch, though `essays` may not name it."""


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch, and what is known of its anchors."""

    batch: JudgedBatch
    """Essays with known grades are anchors."""
    resolved: ResolvedGrades
    """How their grades were found, and which were not."""
    unjudged: tuple[str, ...] = ()
    """Rows of the table of anchors that no essay of the batch goes by, sorted."""


def read_batch(files: BatchFiles, open_table: OpenTable, *, listener: Listener = silent) -> ReadBatch:
    """Read a batch; rows that are no comparison are set aside, counted and told of.

    Raises:
        InputError: a file cannot be read or lacks a column, no row is a comparison and no essays are given,
            or an anchor of the table is said to have two grades.
    """
    claims = read_claims(open_table(files.essays)) if files.essays else None
    references = read_anchors(open_table(files.anchors)) if files.anchors else ()
    if claims is not None and files.anchors_belong:
        claims = _with_rows(claims, references)
    judged = _read_judged(files, claims, open_table, listener)
    items = judged.comparisons.items
    batch = JudgedBatch(
        id=(files.comparisons or files.essays or Path("batch")).name,
        essays=tuple(BatchEssay(id=item) for item in items),
        comparisons=decisions(judged.comparisons),
        set_aside={str(reason): n for reason, n in judged.set_aside.items()},
        positions_known=judged.comparisons.positions_known,
    )
    return with_anchors(batch, claims or [ClaimedAnchor(essay_id=item) for item in items], references)


def _with_rows(
    claims: Sequence[ClaimedAnchor], references: Sequence[AnchorReference]
) -> tuple[ClaimedAnchor, ...]:
    """Essays, and the rows of the table of anchors that are none of them."""
    named = {claim.essay_id for claim in claims}
    others = {row.id: ClaimedAnchor(essay_id=row.id) for row in references if row.id not in named}
    return (*claims, *others.values())


def with_anchors(
    batch: JudgedBatch, claims: Sequence[ClaimedAnchor], references: Sequence[AnchorReference]
) -> ReadBatch:
    """The batch with the grades of its anchors, which a table may name by essay, by text or by its own rows.

    Raises:
        InputError: the table gives one anchor two grades.
    """
    rows = {row.id for row in references}
    named = [
        replace(claim, anchor_ref_id=claim.essay_id)
        if not claim.anchor_ref_id and claim.essay_id in rows
        else claim
        for claim in claims
    ]
    resolved = resolve_grades(named, references)
    essays = tuple(
        replace(essay, known_grade=resolved.grades[essay.id], is_anchor=True)
        if essay.id in resolved.grades
        else essay
        for essay in batch.essays
    )
    used = {claim.anchor_ref_id for claim in named}
    texts = {claim.text_storage_id for claim in named} - {""}
    unjudged = (row.id for row in references if row.id not in used and row.text_storage_id not in texts)
    return ReadBatch(replace(batch, essays=essays), resolved, tuple(sorted(unjudged)))


def claims_of(batch: JudgedBatch) -> tuple[ClaimedAnchor, ...]:
    """What a batch itself says of its anchors."""
    return tuple(
        ClaimedAnchor(essay_id=essay.id, known_grade=essay.known_grade or "", is_anchor=essay.is_anchor)
        for essay in batch.essays
    )


def decisions(comparisons: Comparisons) -> tuple[Comparison, ...]:
    """Arrays as rows again."""
    names, judges = comparisons.items, (*comparisons.judge_names, "")
    rows = zip(
        comparisons.first.tolist(),
        comparisons.second.tolist(),
        comparisons.first_won.tolist(),
        comparisons.judges.tolist(),
        comparisons.confidences.tolist(),
        strict=True,
    )
    return tuple(
        Comparison(names[first], names[second], won, judges[judge], None if sure != sure else sure)  # noqa: PLR0124 - not a number
        for first, second, won, judge, sure in rows
    )


def _read_judged(
    files: BatchFiles, claims: Sequence[ClaimedAnchor] | None, open_table: OpenTable, listener: Listener
) -> Judged:
    items = None if claims is None else [claim.essay_id for claim in claims]
    if files.comparisons is None:
        if items is None:
            raise InputError("name a file of comparisons, or of essays: --essays essays.csv")
        return take_in([], items=items)
    source = open_table(files.comparisons)
    try:
        columns = guess_columns(source.columns(), files.columns)
    except InputError as error:
        said = str(error)
        raise InputError(
            said if said.startswith(source.location) else f"{source.location}: {said}"
        ) from error
    for notice in source.notices:
        listener(Notice(notice))
    numbered = list(chosen_rows(source, files.where))
    if not numbered and items is None:
        what = " and ".join(f"{column}={value}" for column, value in files.where) or "no condition"
        raise InputError(f"{source.location}: no row holds {what}; there is nothing to score")
    judged = take_in((row for _, row in numbered), columns, items=items)
    _tell(judged, [number for number, _ in numbered], listener)
    return judged


def _tell(judged: Judged, numbers: Sequence[int], listener: Listener) -> None:
    for reason, n in judged.set_aside.items():
        first = numbers[judged.first_rows[reason] - 1]
        listener(Notice(f"{n} of {len(numbers)} rows set aside: {reason}, first in row {first}"))


def anchor_grades(batch: JudgedBatch) -> Mapping[str, str]:
    """The known grade of each anchor of a batch."""
    return {essay.id: essay.known_grade for essay in batch.essays if essay.known_grade}
