"""Which tables hold batches that are judged, and which columns hold what: configuration, not code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable, suggest

BatchPreset = Literal["judgement", "judgement_seed"]
"""The tables of the assessment service as it runs, whose names ours have too; and as its plans name them."""
WinnerIs = Literal["side", "id"]
"""Whether the winner of a comparison is named as ``essay_a`` or ``essay_b``, or by the essay's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadColumns:
    """One row a batch."""

    table: str = "cj_batch_uploads"
    """What the table is called."""
    id: str = "id"
    """Names the batch."""
    status: str = "status"
    """Its state, as the database has it."""
    created_at: str = "created_at"
    """When it was made."""
    assignment: str = "assignment_id"
    """Which task its essays answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayColumns:
    """One row an essay of a batch."""

    table: str = "cj_processed_essays"
    """What the table is called."""
    id: str = "els_essay_id"
    """Names the essay."""
    batch: str = "cj_batch_id"
    """Of which batch it is."""
    text: str = "assessment_input_text"
    """The essay."""
    is_anchor: str = "is_anchor"
    """Whether it is an anchor; without it an essay is one that has a known grade."""
    known_grade: str = ""
    """The known grade of an anchor."""
    metadata: str = "processing_metadata"
    """JSON, of which ``known_grade`` and ``anchor_ref_id`` are read."""
    storage_id: str = "text_storage_id"
    """Names the text, also in the table of anchors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairColumns:
    """One row a comparison."""

    table: str = "cj_comparison_pairs"
    """What the table is called."""
    batch: str = "cj_batch_id"
    """Of which batch it is; without it, a comparison is of the batch of which both essays are."""
    first: str = "essay_a_els_id"
    """The essay shown first."""
    second: str = "essay_b_els_id"
    """The other."""
    winner: str = "winner"
    """Which was found better."""
    winner_is: WinnerIs = "side"
    """How that is said."""
    order: str = "id"
    """What rises in the order in which comparisons were made."""
    judge: str = "judge"
    """Who decided."""
    confidence: str = "confidence"
    """How sure the judge was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorColumns:
    """One row an anchor, wherever it is used."""

    table: str = "anchor_essay_references"
    """What the table is called; empty for none."""
    id: str = "id"
    """Names the anchor."""
    storage_id: str = "text_storage_id"
    """Names its text, as the table of essays does."""
    grade: str = "grade"
    """Its known grade."""
    scale: str = "grade_scale"
    """Name of the scale of that grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskColumns:
    """One row a task."""

    table: str = "assessment_instructions"
    """What the table is called; empty for none."""
    assignment: str = "assignment_id"
    """Names the task, as the table of batches does."""
    text: str = "instructions_text"
    """The task as the writer saw it."""
    scale: str = "grade_scale"
    """Name of the scale on which its essays are graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTables:
    """Where batches are, and what is called how.

    A table or column is empty where there is none. What a preset names beyond ids and winners may be missing
    in the database; what was named here may not.
    """

    preset: BatchPreset = "judgement"
    """What is meant where nothing is said."""
    uploads: UploadColumns = UploadColumns()
    """Batches."""
    essays: EssayColumns = EssayColumns()
    """Essays."""
    pairs: PairColumns = PairColumns()
    """Comparisons."""
    anchors: AnchorColumns = AnchorColumns()
    """Anchors."""
    tasks: TaskColumns = TaskColumns()
    """Tasks."""
    named: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)
    """What was said beyond the preset: part and role."""


PRESETS: Mapping[BatchPreset, BatchTables] = {
    "judgement": BatchTables(),
    "judgement_seed": BatchTables(
        preset="judgement_seed",
        uploads=UploadColumns(id="batch_id", assignment=""),
        essays=EssayColumns(
            id="essay_id", batch="batch_id", text="text_content", is_anchor="", known_grade="known_grade",
            metadata="", storage_id="",
        ),
        pairs=PairColumns(
            batch="", first="essay_a_id", second="essay_b_id", winner="winner_essay_id", winner_is="id",
        ),
        anchors=AnchorColumns(table=""),
        tasks=TaskColumns(table=""),
    ),
}  # fmt: skip
"""What each preset says."""
PARTS = ("uploads", "essays", "pairs", "anchors", "tasks")
"""The parts of `BatchTables` that may be said otherwise."""


def batch_tables(said: Mapping[str, Any]) -> BatchTables:
    """Tables as a plan says: a preset, and for each part what is otherwise.

    Args:
        said: Such as ``{"preset": "judgement", "essays": {"text": "body"}}``.

    Raises:
        InputError: a key is not known, or a value is no name.

    >>> batch_tables({"essays": {"text": "body"}}).essays.text
    'body'
    """
    preset = said.get("preset", "judgement")
    if preset not in PRESETS:
        raise InputError(f"preset {quotable(str(preset))!r} is not known; write one of {', '.join(PRESETS)}")
    _require_known(said, ("preset", *PARTS), where="tables")
    base = PRESETS[preset]
    parts: dict[str, Any] = {
        name: _part(getattr(base, name), said[name], name) for name in PARTS if name in said
    }
    named = frozenset((name, role) for name in parts for role in said[name])
    return replace(base, **parts, named=named)


def _part(preset: Any, said: object, name: str) -> Any:
    if not isinstance(said, Mapping):
        raise InputError(f"tables.{name} is {type(said).__name__}; write what is called how, as table: …")
    _require_known(said, [each.name for each in fields(preset)], where=f"tables.{name}")
    for role, value in said.items():
        known = get_args(WinnerIs) if role == "winner_is" else None
        if not isinstance(value, str) or (known and value not in known):
            asked = f"one of {', '.join(known)}" if known else "a name, or '' for none"
            raise InputError(f"tables.{name}.{role} is {quotable(str(value))!r}; write {asked}")
    return replace(preset, **said)


def _require_known(said: Mapping[str, Any], known: Any, *, where: str) -> None:
    for key in said:
        if key not in known:
            raise InputError(
                f"{where} has {quotable(str(key))!r}, which is not known; there are {', '.join(known)}"
                f"{suggest(str(key), known)}"
            )
