"""From a plan to essays that are ready for an experiment: read, checked, filtered, split."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError, SplitError
from gradewise.essays.cards import DatasetCard, metrics_allowed
from gradewise.essays.filters import Filters, apply_filters
from gradewise.essays.integrity import IntegrityReport, find_leaks, inspect_essays
from gradewise.essays.intake import ColumnMap, Intake, take_in
from gradewise.essays.records import Essay
from gradewise.essays.scales import PromptScales, Scale, find_scale, single_scale
from gradewise.essays.splits import SplitPlan, check_split_plan, make_split_plan, split_plan_from_json
from gradewise.protocols import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.guesses import guess_columns, guess_scale
from gradewise.workflows.plan import CardPlan, ColumnsPlan, FiltersPlan, Plan
from gradewise.workflows.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Essays ready for an experiment."""

    plan: Plan
    """The plan with every guess filled in."""
    scale: Scale
    """The grades."""
    essays: tuple[Essay, ...]
    """Training pool and locked test set together, every one with a label, ids unique."""
    split: SplitPlan
    """Which of them train, validate and test."""
    integrity: IntegrityReport
    """What was found in the data."""
    dropped: Mapping[str, int]
    """Essays left out by the filters, by reason."""
    card: DatasetCard | None
    """What may be done with the data; absent for a user's own essays."""

    @property
    def metrics_allowed(self) -> bool:
        """Whether figures may be reported."""
        return metrics_allowed(self.card)


def prepare_dataset(plan: Plan, services: Services, listener: Listener) -> Dataset:
    """Read what the plan names, check it, and divide it.

    Raises:
        InputError: the data cannot be used.
        SplitError: it cannot be divided as asked, or not as the saved split says.
    """
    source = services.open_source(plan.data.train)
    plan = _with_guesses(plan, source, listener)
    scale = plan_scale(plan)
    pool, dropped = _read(plan, source, scale, listener)
    test = _read_test(plan, services, scale, listener)
    essays = (*pool.essays, *test)
    if not pool.essays:
        raise InputError(f"{source.location}: no essay is left after the filters ({_counts(dropped)})")
    split = _split(plan, essays, [essay.id for essay in test], scale, source.sha256())
    return Dataset(
        plan=plan,
        scale=scale if isinstance(scale, Scale) else single_scale(scale, [e.prompt or "" for e in essays]),
        essays=essays,
        split=split,
        integrity=inspect_essays(pool, scale=scale, min_label_count=plan.split.folds + 1),
        dropped=dropped,
        card=_card(plan.data.card),
    )


def plan_scale(plan: Plan) -> Scale | PromptScales:
    """The scale that a plan names, once it names one."""
    match plan.scale:
        case None:
            raise InputError("the plan names no scale; add `scale:`")
        case dict():
            return PromptScales({prompt: find_scale(spec) for prompt, spec in plan.scale.items()})
        case str():
            return find_scale(plan.scale)
        case _:
            return find_scale([str(grade) for grade in plan.scale])


def column_map(columns: ColumnsPlan) -> ColumnMap:
    """The columns of a plan as the reader of rows wants them.

    Raises:
        InputError: no column of text is named.
    """
    if columns.text is None:
        raise InputError("cannot tell which column holds the essays; name it: --text-column NAME")
    return ColumnMap(
        text=columns.text,
        label=columns.label,
        id=columns.id,
        prompt=columns.prompt,
        prompt_text=columns.prompt_text,
        written_at=columns.written_at,
        groups=columns.groups,
    )


def _with_guesses(plan: Plan, source: EssaySource, listener: Listener) -> Plan:
    columns = guess_columns(source.columns(), plan.data.columns)
    if columns.label is None:
        names = ", ".join(source.columns())
        raise InputError(
            f"{source.location}: no column of grades found among {names}; name it: --label-column NAME"
        )
    plan = plan.model_copy(update={"data": plan.data.model_copy(update={"columns": columns})})
    if plan.scale is None:
        scale = _guessed_scale(plan, source, columns)
        listener(Notice(f"scale {scale.name} ({' '.join(scale.grades)}), as the labels suggest"))
        plan = plan.model_copy(update={"scale": scale.name})
    return plan


def _guessed_scale(plan: Plan, source: EssaySource, columns: ColumnsPlan) -> Scale:
    column_map(columns)
    label_column, prompt_column = columns.label or "", columns.prompt
    chosen = [
        (row[label_column], row[prompt_column] if prompt_column else "")
        for row in source.rows()
        if row[label_column].strip()
        and (
            not plan.data.filters.only_prompts
            or row[prompt_column or label_column] in plan.data.filters.only_prompts
        )
    ]
    if not chosen:
        raise InputError(f"{source.location}: column {label_column!r} holds no grade")
    labels, prompts = zip(*chosen, strict=True)
    refuse_mixed_ranges(labels, prompts)
    return guess_scale(labels)


def _read(
    plan: Plan, source: EssaySource, scale: Scale | PromptScales, listener: Listener
) -> tuple[Intake, Mapping[str, int]]:
    intake = take_in(
        source.rows(),
        source.columns(),
        column_map(plan.data.columns),
        scale,
        location=source.location,
        on_bad_rows=plan.data.on_bad_rows,
    )
    filtered = apply_filters(intake.essays, _filters(plan.data.filters))
    if intake.set_aside:
        first = intake.set_aside[0]
        listener(
            Notice(f"{len(intake.set_aside)} rows set aside, the first (row {first.row}): {first.reason}")
        )
    if filtered.dropped:
        listener(Notice(f"{sum(filtered.dropped.values())} essays left out: {_counts(filtered.dropped)}"))
    return Intake(filtered.kept, intake.set_aside, intake.repaired), filtered.dropped


def _read_test(
    plan: Plan, services: Services, scale: Scale | PromptScales, listener: Listener
) -> tuple[Essay, ...]:
    if plan.data.test is None:
        return ()
    return _read(plan, services.open_source(plan.data.test), scale, listener)[0].essays


def _split(
    plan: Plan,
    essays: Sequence[Essay],
    test_ids: Sequence[str],
    scale: Scale | PromptScales,
    data_sha256: str,
) -> SplitPlan:
    raise NotImplementedError


def _filters(filters: FiltersPlan) -> Filters:
    return Filters(**filters.model_dump())


def _card(card: CardPlan | None) -> DatasetCard | None:
    return None if card is None else DatasetCard(**card.model_dump())


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items())
