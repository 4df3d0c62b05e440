"""From the rows of a table to essays: columns named, labels spelled by the scale, damage repaired."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from gradewise.errors import InputError
from gradewise.essays.numbers import finite_number
from gradewise.essays.records import Essay
from gradewise.essays.scales import PromptScales, Scale
from gradewise.essays.suggestions import quotable, suggest
from gradewise.essays.texts import repair_text

OnBadRows = Literal["stop", "set_aside"]

MAX_CHARACTERS = 200_000
"""Longest text taken for an essay: some 30,000 words."""
MAX_ID_CHARACTERS = 200
"""Longest id: a longer one is a wrong column."""


NO_TEXT = frozenset({"", "nan", "null", "none", "n/a"})
"""What programs write into a cell when there is no text, in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Which column holds what."""

    text: str
    """The essay."""
    label: str | None = None
    """The teacher's grade; ``None`` when the essays are not graded."""
    second_label: str | None = None
    """A second teacher's grade, which some rows may lack; needs a ``label`` beside it."""
    id: str | None = None
    """The essay's id; ``None`` makes ids of row numbers: ``row-000001``."""
    prompt: str | None = None
    """What prompts are told apart by."""
    prompt_text: str | None = None
    """The task as the writer saw it."""
    written_at: str | None = None
    """When it was written, in ISO 8601; without an offset it is taken as UTC."""
    traits: tuple[str, ...] = ()
    """Grades of single traits, each a column; every row holds all of them."""
    groups: tuple[str, ...] = ()
    """Writer groups, each a column."""
    given: tuple[str, ...] = ()
    """Numbers that are features as they stand, each a column; every row holds all of them."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is asked for, text first."""
        roles = (self.text, self.label, self.second_label, self.id, self.prompt, self.prompt_text)
        named = (*roles, self.written_at, *self.traits, *self.groups, *self.given)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not an essay to learn from."""

    row: int
    """Which data row, counted from 1."""
    essay_id: str
    """Its id."""
    reason: str
    """One of `REASONS`."""
    detail: str
    """What is wrong with this row, without its text."""


REASONS = (
    "no id",
    "empty text",
    "text too long",
    "no prompt",
    "unknown prompt",
    "no label",
    "unknown label",
    "bad date",
    "no given number",
    "bad given number",
)
"""Why a row is rejected, in the order in which it is looked at."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The essays of a table, and what became of the rest."""

    essays: tuple[Essay, ...]
    """Usable essays in table order, ids unique, at least one."""
    set_aside: tuple[Rejected, ...] = ()
    """Rows left out."""
    repaired: Mapping[str, int] = field(default_factory=dict)
    """Essays by kind of repair made to their text."""


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The scales that spell grades; ``None`` keeps them as they are."""

    label: Scale | PromptScales | None
    traits: Scale | PromptScales | None


class _BadRowError(Exception):
    """A row cannot be used: the reason, and the detail for a reader."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def take_in(
    rows: Iterable[Mapping[str, str]],
    columns: Sequence[str],
    column_map: ColumnMap,
    scale: Scale | PromptScales | None,
    *,
    location: str,
    on_bad_rows: OnBadRows = "stop",
    trait_scale: Scale | PromptScales | None = None,
    max_characters: int = MAX_CHARACTERS,
) -> Intake:
    """Make essays of rows.

    Args:
        rows: the table, each row a mapping from column to text, absent values empty.
        columns: the table's columns.
        column_map: which column holds what.
        scale: spells the labels; ``None`` keeps them as they are.
        location: where the rows come from, for messages.
        on_bad_rows: whether a bad row is an error, or is left out and listed.
        trait_scale: spells the grades of traits; ``None`` keeps them as they are.
        max_characters: a longer text is a bad row.

    Raises:
        InputError: a column is missing, an id occurs twice, a row is bad (with ``stop``), or nothing is left.
    """
    _require_columns(columns, column_map, scale, location)
    essays: list[Essay] = []
    rejected: list[Rejected] = []
    repaired: Counter[str] = Counter()
    seen: dict[str, int] = {}
    number = 0
    for number, row in enumerate(rows, start=1):
        essay_id = row[column_map.id].strip() if column_map.id is not None else f"row-{number:06d}"
        try:
            _require_id(essay_id)
            _require_new(essay_id, number, seen, location)
            text, repairs = _text(row[column_map.text], max_characters)
            essays.append(_essay(essay_id, text, row, column_map, _Spelling(scale, trait_scale)))
            repaired.update(repairs)
        except _BadRowError as problem:
            rejected.append(Rejected(number, quotable(essay_id), problem.reason, problem.detail))
    if rejected and (on_bad_rows == "stop" or not essays):
        raise InputError(_bad_rows_message(rejected, number, location, on_bad_rows))
    if not essays:
        raise InputError(f"{location} has no rows under its header; it must hold at least one essay")
    return Intake(tuple(essays), tuple(rejected), dict(sorted(repaired.items())))


def _require_columns(
    columns: Sequence[str], column_map: ColumnMap, scale: Scale | PromptScales | None, location: str
) -> None:
    for name in column_map.named:
        if name not in columns:
            present = ", ".join(quotable(column) for column in columns)
            raise InputError(
                f"{location} has no column {quotable(name)!r}"
                f"{', a given feature' if name in column_map.given else ''}; it has {present}"
                f"{suggest(name, columns)}"
            )
    if column_map.label in column_map.traits:
        raise InputError(
            f"{location}: column {quotable(column_map.label or '')!r} holds the overall grade, and is a "
            "trait too; take it out of columns.traits"
        )
    graded = {column_map.label, column_map.second_label, *column_map.traits, column_map.text}
    if taught := [name for name in column_map.given if name in graded]:
        raise InputError(
            f"{location}: column {quotable(taught[0])!r} holds grades or essays, and is a given feature too; "
            "take it out of features.given"
        )
    if isinstance(scale, PromptScales) and column_map.prompt is None:
        raise InputError(f"{location}: a scale for each prompt needs the prompt's column; set columns.prompt")
    if column_map.second_label is not None and column_map.second_label == column_map.label:
        raise InputError(
            f"{location}: column {quotable(column_map.label)!r} cannot hold both the teacher's grades and a "
            "second teacher's; name another column in data.columns.second_label"
        )


def _require_id(essay_id: str) -> None:
    if not essay_id:
        raise _BadRowError("no id", "the id is empty")
    if len(essay_id) > MAX_ID_CHARACTERS:
        raise _BadRowError("no id", f"the id has {len(essay_id)} characters; is it the right column?")


def _require_new(essay_id: str, number: int, seen: dict[str, int], location: str) -> None:
    first = seen.setdefault(essay_id, number)
    if first != number:
        raise InputError(
            f"{location}: rows {first} and {number} have the same id {quotable(essay_id)!r}; ids must be "
            "unique (leave columns.id out to number the rows)"
        )


def _essay(
    essay_id: str, text: str, row: Mapping[str, str], columns: ColumnMap, spelling: _Spelling
) -> Essay:
    prompt, scale = _optional(row, columns.prompt), spelling.label
    if prompt is None and isinstance(scale, PromptScales):
        raise _BadRowError("no prompt", "the prompt is empty, and its scale is not known without")
    return Essay(
        id=essay_id,
        text=text,
        label=_label(row[columns.label], prompt, scale) if columns.label is not None else None,
        second_label=_second_label(row, prompt, columns, scale),
        traits={name: _trait(name, row[name], prompt, spelling.traits) for name in columns.traits},
        prompt=prompt,
        prompt_text=_optional(row, columns.prompt_text),
        written_at=_instant(row[columns.written_at].strip()) if columns.written_at is not None else None,
        groups={name: row[name].strip() for name in columns.groups},
        given={name: _number(name, row[name].strip()) for name in columns.given},
    )


def _optional(row: Mapping[str, str], column: str | None) -> str | None:
    return (row[column].strip() or None) if column is not None else None


def _text(raw: str, max_characters: int) -> tuple[str, tuple[str, ...]]:
    if len(raw) > max_characters:
        raise _BadRowError(
            "text too long",
            f"the text has {len(raw):,} characters, more than {max_characters:,}; split it or leave it out",
        )
    repaired = repair_text(raw)
    if repaired.text.strip().casefold() in NO_TEXT:
        raise _BadRowError("empty text", "the text is empty")
    return repaired.text, repaired.repairs


def _label(raw: str, prompt: str | None, scale: Scale | PromptScales | None) -> str:
    label = raw.strip()
    if not label:
        raise _BadRowError("no label", "the label is empty")
    if isinstance(scale, PromptScales):
        try:
            scale = scale.for_prompt(prompt or "")
        except InputError as error:
            raise _BadRowError("unknown prompt", str(error)) from error
    if scale is None:
        return label
    try:
        return scale.canonical(label)
    except InputError as error:
        raise _BadRowError("unknown label", str(error)) from error


def _trait(name: str, raw: str, prompt: str | None, scale: Scale | PromptScales | None) -> str:
    try:
        return _label(raw, prompt, scale)
    except _BadRowError as problem:
        raise _BadRowError(problem.reason, f"{quotable(name)}: {problem.detail}") from problem


def _second_label(
    row: Mapping[str, str], prompt: str | None, columns: ColumnMap, scale: Scale | PromptScales | None
) -> str | None:
    raw = _optional(row, columns.second_label)
    if raw is None:
        return None
    try:
        return _label(raw, prompt, scale)
    except _BadRowError as problem:
        raise _BadRowError(problem.reason, f"second teacher: {problem.detail}") from problem


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        detail = f"{quotable(text)!r} is not an ISO 8601 date such as 2025-05-14 or 2025-05-14T09:30"
        raise _BadRowError("bad date", detail) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _number(name: str, text: str) -> float:
    if not text:
        raise _BadRowError("no given number", f"{quotable(name)} is empty; a given feature is a number")
    try:
        return finite_number(text)
    except InputError as error:
        raise _BadRowError("bad given number", f"{quotable(name)}: {error}") from error


def _bad_rows_message(
    rejected: Sequence[Rejected], n_rows: int, location: str, on_bad_rows: OnBadRows
) -> str:
    first = rejected[0]
    more = f"; and {len(rejected) - 1} more bad rows" if len(rejected) > 1 else ""
    if 2 * sum(each.reason == "unknown label" for each in rejected) > n_rows:
        advice = "choose the scale and the label column that belong together"
    elif on_bad_rows == "stop":
        advice = "leave bad rows out with --set-aside (data.on_bad_rows: set_aside)"
    else:
        advice = "no usable row is left"
    return f"{location}, row {first.row} (essay {first.essay_id!r}): {first.detail}{more}; {advice}"
