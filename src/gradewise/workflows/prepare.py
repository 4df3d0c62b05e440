"""From a plan to essays that are ready for an experiment: read, checked, filtered, split."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import InputError, SplitError
from gradewise.essays.cards import DatasetCard, metrics_allowed
from gradewise.essays.intake import Intake
from gradewise.essays.integrity import IntegrityReport, inspect_essays
from gradewise.essays.records import Essay
from gradewise.essays.scales import PromptScales, Scale, find_scales
from gradewise.essays.split_json import check_split_plan, split_plan_from_json
from gradewise.essays.split_plan import SplitPlan
from gradewise.essays.splits import make_split_plan
from gradewise.essays.suggestions import quotable
from gradewise.features.schema import FeatureSchema
from gradewise.protocols import EssaySource
from gradewise.telemetry import Listener
from gradewise.workflows.auxiliary import AuxiliarySet, read_auxiliary_sets
from gradewise.workflows.plan import Plan, dataset_card
from gradewise.workflows.reading import FileOfEssays, read_essays, with_guesses
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
    trait_scale: Scale
    """The grades of the traits."""
    auxiliary: tuple[AuxiliarySet, ...] = ()
    """Other essays with other marks to learn from."""

    @property
    def metrics_allowed(self) -> bool:
        """Whether figures may be reported: the terms of every set of essays must allow it."""
        return all(metrics_allowed(card) for card in (self.card, *(each.card for each in self.auxiliary)))

    def identity(self, schema: FeatureSchema) -> str:
        """What tells this data, so divided and so measured, from any other."""
        others = " ".join(each.sha256 for each in self.auxiliary)
        return f"{self.data_sha256} {self.split.id} {schema.fingerprint} {others}"


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
    test = _test_file(plan, test_source, pool, scales, listener) if test_source else None
    both = pool if test is None else _together(pool, test)
    scale = _single_scale(scales, both.kept, source.location)
    digest = _digest(source, test_source)
    try:
        split = _split(plan, both.kept, test, scale, services=services, digest=digest)
    except SplitError as error:
        raise SplitError(f"{source.location}: {error}") from error
    _require_two_grades(both.kept, split, source.location)
    return Dataset(
        plan=plan,
        scale=scale,
        essays=both.kept,
        split=split,
        integrity=inspect_essays(
            replace(both.intake, essays=both.kept), scale=scale, min_label_count=plan.split.folds + 1
        ),
        dropped=both.dropped,
        card=dataset_card(plan.data.card),
        data_sha256=digest,
        trait_scale=scale if plan.trait_scale is None else _trait_scale(plan, both.kept, source.location),
        auxiliary=read_auxiliary_sets(plan, both.kept, services, listener),
    )


def plan_scale(plan: Plan) -> Scale | PromptScales:
    """The scale that a plan names, once it names one.

    Raises:
        InputError: there is no such scale.
    """
    if plan.scale is None:
        raise InputError("the plan names no scale; add `scale:`")
    return find_scales(plan.scale)


def _single_scale(scales: Scale | PromptScales, essays: Sequence[Essay], location: str) -> Scale:
    if isinstance(scales, Scale):
        return scales
    try:
        return scales.single_scale([essay.prompt or "" for essay in essays])
    except InputError as error:
        raise InputError(f"{location}: {error}; on the command line: --prompt PROMPT") from error


def _trait_scale(plan: Plan, essays: Sequence[Essay], location: str) -> Scale:
    return _single_scale(find_scales(plan.trait_scale or ""), essays, location)


def _test_file(
    plan: Plan, source: EssaySource, pool: FileOfEssays, scales: Scale | PromptScales, listener: Listener
) -> FileOfEssays:
    """The locked test file; where ids are row numbers, which both files have, its own get a prefix."""
    test = read_essays(plan, source, scales, listener)
    if plan.data.columns.id is None:
        return replace(test, kept=tuple(replace(essay, id=f"test-{essay.id}") for essay in test.kept))
    shared = {essay.id for essay in pool.kept}.intersection(essay.id for essay in test.kept)
    if shared:
        raise InputError(
            f"{source.location}: {len(shared)} essays have the id of a training essay, the first "
            f"{quotable(min(shared))!r}; a locked test file holds other essays, with ids of their own"
        )
    return test


def _together(pool: FileOfEssays, test: FileOfEssays) -> FileOfEssays:
    intake = Intake(
        (*pool.kept, *test.kept),
        (*pool.intake.set_aside, *test.intake.set_aside),
        dict(Counter(pool.intake.repaired) + Counter(test.intake.repaired)),
    )
    return FileOfEssays(intake.essays, intake, dict(Counter(pool.dropped) + Counter(test.dropped)))


def _require_two_grades(essays: Sequence[Essay], split: SplitPlan, location: str) -> None:
    train_ids = set(split.train_ids)
    grades = {essay.label for essay in essays if essay.id in train_ids}
    if len(grades) == 1:
        raise InputError(
            f"{location}: every training essay has grade {min(grades, key=str)!r}, so there is nothing to "
            "learn; give essays of two grades at least, or another column: --label-column NAME"
        )


def _split(
    plan: Plan,
    essays: tuple[Essay, ...],
    test: FileOfEssays | None,
    scale: Scale,
    *,
    services: Services,
    digest: str,
) -> SplitPlan:
    if plan.split.reuse is not None:
        return _saved_split(plan.split.reuse, essays, digest)
    return make_split_plan(
        essays,
        scale=scale,
        scheme=plan.split.scheme,
        n_folds=plan.split.folds,
        inner_folds=plan.split.inner_folds,
        test_share=plan.split.test_share,
        test_ids=None if test is None else [essay.id for essay in test.kept],
        seed=plan.split.seed,
        data_sha256=digest,
        created_at=services.clock().isoformat(timespec="seconds"),
        git_sha=services.versions.get("git", ""),
    )


def _saved_split(path: Path, essays: tuple[Essay, ...], digest: str) -> SplitPlan:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SplitError(f"saved split {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SplitError(f"{path} is not a saved split, which is JSON; name a run's splits.json") from error
    if not isinstance(saved, dict):
        raise SplitError(f"{path} is not a saved split; name a run's splits.json")
    split = split_plan_from_json(saved)
    check_split_plan(split, essays, digest)
    if not split.test_ids:
        raise SplitError(f"{path} holds no locked test set; make a new plan")
    return split


def _digest(source: EssaySource, test: EssaySource | None) -> str:
    if test is None:
        return source.sha256()
    return hashlib.sha256(f"{source.sha256()} {test.sha256()}".encode()).hexdigest()
