"""One file of essays, read as a plan says: columns and scale found, prompts chosen, lengths filtered."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.essays.expectations import Expectation, Expectations
from gradewise.essays.filters import Filters, apply_filters
from gradewise.essays.intake import ColumnMap, Intake, take_in
from gradewise.essays.prompt_scales import PromptScales, find_scales
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale, class_scale
from gradewise.essays.second_labels import require_one_scale
from gradewise.essays.suggestions import quotable, suggest
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.work_events import EssaysRead
from gradewise.workflows.datasets.chosen_rows import ChosenRows, require_column
from gradewise.workflows.datasets.given import refuse_judged_label, with_found_columns
from gradewise.workflows.datasets.guesses import (
    find_columns,
    guess_classes,
    guess_scale,
    nearest_scale,
    refuse_mixed_ranges,
)
from gradewise.workflows.datasets.published import as_published, expected_absences
from gradewise.workflows.datasets.writer_groups import with_groups
from gradewise.workflows.plans.data import ColumnsPlan, FiltersPlan
from gradewise.workflows.plans.plan import Plan

CLASSES_LISTED = 8
"""Classes that a message names at the most."""


@dataclass(frozen=True, slots=True)
class FileOfEssays:
    """One file, read and filtered."""

    kept: tuple[Essay, ...]
    """Essays that are used."""
    intake: Intake
    """Everything that was read."""
    dropped: Mapping[str, int]
    """Essays left out by the filters, by reason."""


def with_guesses(plan: Plan, source: EssaySource, listener: Listener, *, graded: bool = True) -> Plan:
    """The plan with columns and scale filled in from the file, and how the file was read said.

    Args:
        plan: what is known already.
        source: the file.
        listener: hears what was taken for what.
        graded: whether grades are wanted; without, a column of grades is neither looked for nor read.

    Raises:
        InputError: no column holds texts or grades, or the grades fit no known scale.
    """
    plan = with_named_columns(plan, source, listener, graded=graded)
    if graded and plan.scale is None:
        plan = _with_guessed_scale(plan, source, listener)
    return plan


def with_named_columns(
    plan: Plan,
    source: EssaySource,
    listener: Listener,
    *,
    graded: bool = True,
    needed: Sequence[str] | None = None,
) -> Plan:
    """The plan with columns filled in from the file, and how the file was read said.

    Args:
        plan: what is known already.
        source: the file.
        listener: hears what was taken for what.
        graded: whether grades are wanted; without, a column of grades is neither looked for nor read.
        needed: which roles must have a column; text, and label where grades are wanted, when ``None``.

    Raises:
        InputError: no column holds texts or grades.
    """
    for notice in source.notices:
        listener(Notice(notice))
    plan = as_published(plan, source, listener, graded=graded)
    roles = needed or (("text", "label") if graded else ("text",))
    columns = find_columns(source, plan.data.columns, roles)
    if not graded:
        columns = columns.model_copy(update={"label": None})
    if columns != plan.data.columns:
        listener(Notice(f"columns, as their names suggest: {_spoken(columns)}"))
    if graded and plan.task == "ordinal":
        columns = with_groups(columns, source, listener, given=plan.features.given)
    plan = plan.model_copy(update={"data": plan.data.model_copy(update={"columns": columns})})
    plan = with_found_columns(plan, source)
    refuse_judged_label(plan, source.location)
    return plan


def _with_guessed_scale(plan: Plan, source: EssaySource, listener: Listener) -> Plan:
    """The plan with the scale that the labels of a file suggest, which is said; of classes, all of them."""
    nominal = plan.task == "nominal"
    try:
        scale = guessed_scale(source, plan.data.columns, plan.data.filters, nominal=nominal)
    except InputError:
        others = _scale_where_strays_are_left_out(plan, source)
        if others is None:
            raise
        scale = others
    if scale.ordered:
        listener(Notice(f"scale {scale.name} ({' '.join(scale.grades)}), as the labels suggest"))
        return plan.model_copy(update={"scale": scale.name})
    apart = plan.classifier.out_of_scope
    but = f" but {quotable(apart)!r}" if apart is not None and apart in scale.grades else ""
    shown = class_scale(each for each in scale.grades if each != apart) if but else scale
    listener(Notice(f"{shown.n_grades} classes, every label that occurs{but}: {_some_classes(shown)}"))
    return plan.model_copy(update={"scale": scale.grades})


def _scale_where_strays_are_left_out(plan: Plan, source: EssaySource) -> Scale | None:
    """Of nearly all labels, where rows of others are set aside; ``None`` where they stop, or none is told."""
    if plan.task == "nominal" or plan.data.on_bad_rows == "stop":
        return None
    return scale_of_most(source, plan.data.columns, plan.data.filters)


def _some_classes(scale: Scale) -> str:
    shown = ", ".join(quotable(each) for each in scale.grades[:CLASSES_LISTED])
    return shown if scale.n_grades <= CLASSES_LISTED else f"{shown} …"


def _spoken(columns: ColumnsPlan) -> str:
    named = columns.model_dump(exclude={"groups", "traits"})
    return ", ".join(f"{role} {quotable(name)!r}" for role, name in named.items() if name is not None)


def column_map(columns: ColumnsPlan, *, given: tuple[str, ...] = ()) -> ColumnMap:
    """The columns of a plan, once the essays' is known, as the reader of rows wants them."""
    return ColumnMap(
        text=columns.text or "",
        label=columns.label,
        second_label=columns.second_label,
        id=columns.id,
        prompt=columns.prompt,
        prompt_text=columns.prompt_text,
        written_at=columns.written_at,
        writer=columns.writer,
        traits=columns.traits,
        groups=columns.groups,
        given=given,
    )


def expectations(plan: Plan) -> Expectations:
    """What columns must hold, as a plan says."""
    return {name: Expectation(**each.model_dump()) for name, each in plan.data.expected.items()}


def read_essays(
    plan: Plan, source: EssaySource, scales: Scale | PromptScales, listener: Listener
) -> FileOfEssays:
    """Read and filter one file as a plan says; what is left out is said.

    Rows of prompts that the filters leave out are not looked at: they may be on another scale.

    Raises:
        InputError: it cannot be read, a row cannot be used, or no essay is left.
    """
    columns, filters, started = plan.data.columns, plan.data.filters, time.perf_counter()
    rows = ChosenRows(source, columns, filters)
    intake = take_in(
        rows,
        source.columns(),
        column_map(columns, given=plan.features.given),
        scales,
        location=rows.location,
        on_bad_rows=plan.data.on_bad_rows,
        trait_scale=scales if plan.trait_scale is None else find_scales(plan.trait_scale),
        expected=expectations(plan),
        needs_words=plan.task == "ordinal",
    )
    try:
        require_one_scale(intake.essays, scales)
        filtered = apply_filters(
            intake.essays, Filters(min_words=filters.min_words, max_words=filters.max_words)
        )
    except InputError as error:
        raise InputError(f"{rows.location}: {error}") from error
    dropped = {**({"prompt": rows.left_out} if rows.left_out else {}), **filtered.dropped}
    unheard = expected_absences(plan)
    unmatched = [name for name in rows.unmatched if name not in unheard]
    _tell(intake, dropped, unmatched, listener, prompts=rows.prompts)
    listener(EssaysRead(_kind(source), len(intake.essays), time.perf_counter() - started))
    return FileOfEssays(filtered.kept, intake, dropped)


def _kind(source: EssaySource) -> str:
    """What kind of source it is: the suffix of a file, the scheme of an address."""
    scheme, separator, _ = source.location.partition("://")
    return scheme.partition("+")[0] if separator else Path(source.location).suffix.lstrip(".").lower()


def _tell(
    intake: Intake,
    dropped: Mapping[str, int],
    unmatched: Sequence[str],
    listener: Listener,
    *,
    prompts: Sequence[str],
) -> None:
    if intake.set_aside:
        first = intake.set_aside[0]
        listener(
            Notice(f"{len(intake.set_aside)} rows set aside, the first (row {first.row}): {first.detail}")
        )
    if dropped:
        counts = ", ".join(f"{reason} {count}" for reason, count in dropped.items())
        listener(Notice(f"{sum(dropped.values())} essays left out: {counts}"))
    if gaps := _prompt_gaps(intake.essays):
        listener(Notice(gaps))
    for prompt in unmatched:
        meant = suggest(prompt, prompts)
        listener(Notice(f"no essay has prompt {quotable(prompt)!r}, which the filters name{meant}"))


def _prompt_gaps(essays: Sequence[Essay]) -> str:
    """What to say of essays without a prompt where others have one; nothing where all have, or none."""
    without = [essay.id for essay in essays if essay.prompt is None]
    if len(without) in {0, len(essays)}:
        return ""
    return (
        f"{len(without)} of {len(essays)} essays have no prompt, the first {quotable(without[0])!r}, and "
        "count as one more; of merged cells a spreadsheet writes the first alone, so fill the others in"
    )


def guessed_scale(
    source: EssaySource,
    columns: ColumnsPlan,
    filters: FiltersPlan,
    *,
    nominal: bool = False,
) -> Scale:
    """The scale that the labels of a file suggest; where they have no order, every label that occurs.

    Raises:
        InputError: they suggest none.
    """
    found = _given_labels(source, columns, filters)
    try:
        if nominal:
            return guess_classes(found.labels)
        refuse_mixed_ranges(*zip(*found.graded, strict=True))
        return guess_scale(found.labels)
    except InputError as error:
        raise InputError(f"{found.location}: {error}") from error


def scale_of_most(source: EssaySource, columns: ColumnsPlan, filters: FiltersPlan) -> Scale | None:
    """The scale that nearly all labels of a file are on, where a few are on none; see `nearest_scale`.

    Raises:
        InputError: the file has no grades.
    """
    return nearest_scale(_given_labels(source, columns, filters).labels)


@dataclass(frozen=True, slots=True)
class _GivenLabels:
    """The labels of a file, row by row."""

    location: str
    """The file, for messages."""
    pairs: Sequence[tuple[str, str]]
    """Label and prompt of each row, perhaps empty, as they are of one that cannot be read: rows keep their
    numbers."""

    @property
    def labels(self) -> list[str]:
        """Row by row, perhaps empty."""
        return [label for label, _ in self.pairs]

    @property
    def graded(self) -> list[tuple[str, str]]:
        """Label and prompt of each row that has a label."""
        return [pair for pair in self.pairs if pair[0]]


def _given_labels(source: EssaySource, columns: ColumnsPlan, filters: FiltersPlan) -> _GivenLabels:
    label_column, prompt_column = columns.label or "", columns.prompt
    require_column(source, label_column)
    rows = ChosenRows(source, columns, filters)
    pairs: list[tuple[str, str] | None] = []
    first_bad: BadRow | None = None
    for row in rows:
        if isinstance(row, BadRow):
            first_bad = first_bad or row
            pairs.append(None)
        else:
            pairs.append((row[label_column].strip(), row[prompt_column] if prompt_column else ""))
    if first_bad is not None and not any(pairs):
        raise InputError(f"{rows.location}, {first_bad}; and no row can be read")
    found = _GivenLabels(rows.location, [pair or ("", "") for pair in pairs])
    if not found.graded:
        raise InputError(
            f"{rows.location}: column {quotable(label_column)!r} holds no grade; "
            "name the right one: --label-column NAME"
        )
    return found
