"""From a plan to essays that are ready for an experiment: read, checked, filtered, split."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import InputError, SplitError
from gradewise.essays.cards import DatasetCard, metrics_allowed
from gradewise.essays.filters import Filters, apply_filters
from gradewise.essays.intake import ColumnMap, Intake, take_in
from gradewise.essays.integrity import IntegrityReport, inspect_essays
from gradewise.essays.records import Essay
from gradewise.essays.scales import PromptScales, Scale, find_scale
from gradewise.essays.split_json import check_split_plan, split_plan_from_json
from gradewise.essays.split_plan import SplitPlan
from gradewise.essays.splits import make_split_plan
from gradewise.protocols import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.guesses import guess_columns, guess_scale, refuse_mixed_ranges
from gradewise.workflows.plan import ColumnsPlan, Plan
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
    data_sha256: str
    """Digest of the file or files: 64 hex digits."""

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
    plan = with_guesses(plan, source, listener)
    scales = plan_scale(plan)
    pool = read_essays(plan, source, scales, listener)
    test_source = services.open_source(plan.data.test) if plan.data.test else None
    test = _renamed(read_essays(plan, test_source, scales, listener), plan) if test_source else None
    essays = (*pool.kept, *(test.kept if test else ()))
    scale = scales if isinstance(scales, Scale) else scales.single_scale([e.prompt or "" for e in essays])
    digest = _digest(source, test_source)
    return Dataset(
        plan=plan,
        scale=scale,
        essays=essays,
        split=_split(plan, essays, test.kept if test else None, scale, digest),
        integrity=inspect_essays(
            replace(pool.intake, essays=essays), scale=scale, min_label_count=plan.split.folds + 1
        ),
        dropped=pool.dropped,
        card=dataset_card(plan),
        data_sha256=digest,
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


def with_guesses(plan: Plan, source: EssaySource, listener: Listener) -> Plan:
    """The plan with columns and scale filled in from the file, and how the file was read said.

    Raises:
        InputError: no column holds grades, or they fit no known scale.
    """
    for notice in source.notices:
        listener(Notice(notice))
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


@dataclass(frozen=True, slots=True)
class FileOfEssays:
    """One file, read and filtered."""

    kept: tuple[Essay, ...]
    """Essays that are used."""
    intake: Intake
    """Everything that was read."""
    dropped: Mapping[str, int]
    """Essays left out by the filters, by reason."""


def read_essays(
    plan: Plan, source: EssaySource, scales: Scale | PromptScales, listener: Listener
) -> FileOfEssays:
    """Read and filter one file as a plan says; what is left out is said.

    Raises:
        InputError: it cannot be read, a row cannot be used, or no essay is left.
    """
    intake = take_in(
        source.rows(),
        source.columns(),
        column_map(plan.data.columns),
        scales,
        location=source.location,
        on_bad_rows=plan.data.on_bad_rows,
    )
    filtered = apply_filters(intake.essays, Filters(**plan.data.filters.model_dump()))
    if intake.set_aside:
        first = intake.set_aside[0]
        listener(
            Notice(f"{len(intake.set_aside)} rows set aside, the first (row {first.row}): {first.reason}")
        )
    if filtered.dropped:
        listener(Notice(f"{sum(filtered.dropped.values())} essays left out: {_counts(filtered.dropped)}"))
    for prompt in filtered.unmatched_prompts:
        listener(Notice(f"no essay has prompt {prompt!r}, which the filters name"))
    if not filtered.kept:
        raise InputError(
            f"{source.location}: no essay is left after the filters ({_counts(filtered.dropped)})"
        )
    return FileOfEssays(filtered.kept, intake, filtered.dropped)


def _renamed(test: FileOfEssays, plan: Plan) -> FileOfEssays:
    """Row numbers are ids in both files: those of the test file get a prefix."""
    if plan.data.columns.id is not None:
        return test
    return replace(test, kept=tuple(replace(essay, id=f"test-{essay.id}") for essay in test.kept))


def _split(
    plan: Plan, essays: tuple[Essay, ...], test: tuple[Essay, ...] | None, scale: Scale, digest: str
) -> SplitPlan:
    if plan.split.reuse is not None:
        return _saved_split(plan.split.reuse, essays, digest)
    return make_split_plan(
        essays,
        scale=scale,
        scheme=plan.split.scheme,
        n_folds=plan.split.folds,
        test_share=plan.split.test_share,
        test_ids=None if test is None else [essay.id for essay in test],
        seed=plan.split.seed,
        data_sha256=digest,
    )


def _saved_split(path: Path, essays: tuple[Essay, ...], digest: str) -> SplitPlan:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SplitError(f"{path}: not a saved split plan: {error}") from error
    split = split_plan_from_json(saved)
    check_split_plan(split, essays, digest)
    return split


def _digest(source: EssaySource, test: EssaySource | None) -> str:
    if test is None:
        return source.sha256()
    return hashlib.sha256(f"{source.sha256()} {test.sha256()}".encode()).hexdigest()


def dataset_card(plan: Plan) -> DatasetCard | None:
    """What may be done with a plan's data; ``None`` for a user's own essays."""
    return None if plan.data.card is None else DatasetCard(**plan.data.card.model_dump())


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items())
