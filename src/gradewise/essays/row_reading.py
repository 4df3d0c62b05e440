"""One row of a table becomes an essay, or everything that is wrong with it is said."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gradewise.errors import InputError
from gradewise.essays.bad_rows import FaultError, Faults, Rejected
from gradewise.essays.cell_limits import MAX_ID_CHARACTERS, NO_TEXT
from gradewise.essays.cells import read_time
from gradewise.essays.expectations import Expectations, check_cells, check_counts
from gradewise.essays.given_columns import GivenReader, given_reader
from gradewise.essays.prompt_scales import PromptScales
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale, label_fault
from gradewise.essays.spreadsheet_cells import unshielded
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import has_words, repair_text


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
    writer: str | None = None
    """Who wrote it."""
    traits: tuple[str, ...] = ()
    """Grades of single traits, each a column; every row holds all of them."""
    groups: tuple[str, ...] = ()
    """Writer groups, each a column."""
    given: tuple[str, ...] = ()
    """Numbers that are features as they stand, named as `given_columns` says; every row holds all of them."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is asked for, text first."""
        roles = (self.text, self.label, self.second_label, self.id, self.prompt, self.prompt_text)
        named = (*roles, self.written_at, self.writer, *self.traits, *self.groups, *self.given)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Makes essays of rows."""

    columns: ColumnMap
    """Which column holds what."""
    location: str
    """The file, for what is rejected."""
    label_scale: Scale | PromptScales | None
    """Spells labels; ``None`` keeps them as they are."""
    trait_scale: Scale | PromptScales | None
    """Spells grades of traits."""
    max_characters: int
    """A longer text is a fault."""
    expected: Expectations
    """What columns must hold."""
    given: GivenReader
    """Reads the numbers that come with an essay."""
    needs_words: bool
    """Whether a text without a word is a fault."""

    def read(
        self, number: int, row: Mapping[str, str], seen: dict[str, int]
    ) -> tuple[Essay, tuple[str, ...]] | Rejected:
        """The essay of a row with the repairs of its text, or what is wrong with the row.

        Args:
            number: which row, counted from 1.
            row: its cells.
            seen: ids of earlier rows with the row of each; this one's is put there.
        """
        faults, columns = Faults(), self.columns
        essay_id = unshielded(row[columns.id].strip()) if columns.id is not None else f"row-{number:06d}"
        faults.attempt(_require_id, essay_id, number, seen)
        raw = row[columns.text]
        text, repairs = faults.attempt(self._text, raw) or ("", ())
        fields = self._fields(row, faults)
        vectors = check_cells(row, self.expected, faults)
        if text:  # of one that is empty or endless all has been said
            check_counts(row, raw, self.expected, faults)
        given = self.given.read(row, faults, vectors)
        if faults.found:
            return faults.rejected(number, essay_id, hide=raw, location=self.location)
        return Essay(id=essay_id, text=text, given=given, **fields), repairs

    def _text(self, raw: str) -> tuple[str, tuple[str, ...]]:
        return _text(raw, self.max_characters, needs_words=self.needs_words)

    def _fields(self, row: Mapping[str, str], faults: Faults) -> dict[str, Any]:
        """What is known of the essay beside id, text and numbers."""
        columns, scale = self.columns, self.label_scale
        prompt = _optional(row, columns.prompt)
        fields: dict[str, Any] = {"prompt": prompt, "prompt_text": _optional(row, columns.prompt_text)}
        if prompt is None and isinstance(scale, PromptScales):
            faults.add(FaultError("no prompt", "the prompt is empty, and its scale is not known without"))
            return fields
        if columns.label is not None:
            fields["label"] = faults.attempt(_label, row[columns.label], prompt, scale)
            fields["second_label"] = faults.attempt(_second_label, row, prompt, columns, scale)
        fields["traits"] = {
            name: faults.attempt(_trait, name, row[name], prompt, self.trait_scale) for name in columns.traits
        }
        if columns.written_at is not None:
            fields["written_at"] = faults.attempt(_instant, row[columns.written_at].strip())
        fields["writer"] = _optional(row, columns.writer)
        fields["groups"] = {name: row[name].strip() for name in columns.groups}
        return fields


def row_reader(
    table: Sequence[str],
    columns: ColumnMap,
    scales: tuple[Scale | PromptScales | None, Scale | PromptScales | None],
    *,
    location: str,
    max_characters: int,
    expected: Expectations,
    needs_words: bool,
) -> RowReader:
    """What reads the rows of a table with these columns; scales are of labels and of traits."""
    return RowReader(
        columns=columns,
        location=location,
        label_scale=scales[0],
        trait_scale=scales[1],
        max_characters=max_characters,
        expected=expected,
        given=given_reader(columns.given, table),
        needs_words=needs_words,
    )


def _require_id(essay_id: str, number: int, seen: dict[str, int]) -> None:
    if not essay_id:
        raise FaultError("no id", "the id is empty")
    if len(essay_id) > MAX_ID_CHARACTERS:
        raise FaultError("no id", f"the id has {len(essay_id)} characters; is it the right column?")
    first = seen.setdefault(essay_id, number)
    if first != number:
        raise FaultError(
            "same id",
            f"rows {first} and {number} have the same id {quotable(essay_id)!r}; ids must be unique (leave "
            "columns.id out to number the rows)",
        )


def _optional(row: Mapping[str, str], column: str | None) -> str | None:
    return (row[column].strip() or None) if column is not None else None


def _text(raw: str, max_characters: int, *, needs_words: bool) -> tuple[str, tuple[str, ...]]:
    if len(raw) > max_characters:
        raise FaultError(
            "text too long",
            f"the text has {len(raw):,} characters, more than {max_characters:,}; split it or leave it out",
        )
    repaired = repair_text(raw)
    if repaired.text.strip().casefold() in NO_TEXT:
        raise FaultError("empty text", "the text is empty")
    if needs_words:
        _require_prose(repaired.text)
    return repaired.text, repaired.repairs


def _require_prose(text: str) -> None:
    """Pass when there is something to grade: another column may hold lists, and is taken by mistake."""
    if text[0] in "[{" and _is_json(text):
        kind = "list" if text[0] == "[" else "object"
        raise FaultError("not a text", f"the text is a JSON {kind}; is it the right column?")
    if not has_words(text):
        raise FaultError("no words", f"the text of {len(text)} characters has no words")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _label(raw: str, prompt: str | None, scale: Scale | PromptScales | None) -> str:
    label = raw.strip()
    if not label:
        raise FaultError("no label", "the label is empty")
    if (fault := label_fault(label)) is not None:
        raise FaultError("bad label", fault)
    if isinstance(scale, PromptScales):
        try:
            scale = scale.for_prompt(prompt or "")
        except InputError as error:
            raise FaultError("unknown prompt", str(error)) from error
    if scale is None:
        return label
    try:
        return scale.canonical(label)
    except InputError as error:
        raise FaultError("unknown label", str(error)) from error


def _trait(name: str, raw: str, prompt: str | None, scale: Scale | PromptScales | None) -> str:
    try:
        return _label(raw, prompt, scale)
    except FaultError as problem:
        raise FaultError(problem.reason, f"{quotable(name)}: {problem.detail}") from problem


def _second_label(
    row: Mapping[str, str], prompt: str | None, columns: ColumnMap, scale: Scale | PromptScales | None
) -> str | None:
    raw = _optional(row, columns.second_label)
    if raw is None:
        return None
    try:
        return _label(raw, prompt, scale)
    except FaultError as problem:
        raise FaultError(problem.reason, f"second teacher: {problem.detail}") from problem


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    instant = read_time(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
