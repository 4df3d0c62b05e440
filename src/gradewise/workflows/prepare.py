"""From a plan to essays that are ready for an experiment: read, checked, filtered, split."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.cards import DatasetCard, metrics_allowed
from gradewise.essays.intake import Intake
from gradewise.essays.integrity import IntegrityReport, inspect_essays
from gradewise.essays.origins import Origin, SourceFile
from gradewise.essays.records import Essay
from gradewise.essays.scales import PromptScales, Scale, find_scales
from gradewise.essays.split_json import split_set_to_json
from gradewise.essays.split_plan import Scheme, SplitPlan
from gradewise.essays.split_set import SplitSet
from gradewise.essays.suggestions import quotable
from gradewise.features.schema import FeatureSchema
from gradewise.protocols import EssaySource
from gradewise.telemetry import Listener
from gradewise.workflows.auxiliary import AuxiliarySet, read_auxiliary_sets
from gradewise.workflows.corrected import CorrectionsUse, in_words, read_corrections
from gradewise.workflows.corrected_splits import origin_with, split_with, taught_by_corrections
from gradewise.workflows.plan import N_FOLDS, Plan, dataset_card
from gradewise.workflows.reading import FileOfEssays, read_essays, with_guesses
from gradewise.workflows.services import Services
from gradewise.workflows.splitting import following_splits, made_splits, read_splits, saved_split
from gradewise.workflows.store_files import following_store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadData:
    """Essays that were read, checked and filtered, and are not divided yet."""

    plan: Plan
    """The plan with every guess filled in."""
    scale: Scale
    """The grades."""
    trait_scale: Scale
    """The grades of the traits."""
    pool: FileOfEssays
    """The training file."""
    test: FileOfEssays | None
    """The locked test file, its ids unlike those of the former; ``None`` when there is none."""
    together: FileOfEssays
    """Both as one."""
    origin: Origin
    """Where they came from."""
    location: str
    """Of the training file, for messages."""
    saved: SplitSet | None
    """Splits that the plan follows."""
    notices: tuple[str, ...] = ()
    """What a reader of any figure should know about the training file."""

    @property
    def essays(self) -> tuple[Essay, ...]:
        """Training file and locked test file together."""
        return self.together.kept

    @property
    def test_ids(self) -> tuple[str, ...] | None:
        """Ids of the locked test file."""
        return None if self.test is None else tuple(essay.id for essay in self.test.kept)

    @property
    def card(self) -> DatasetCard | None:
        """What may be done with the data; absent for a user's own essays."""
        return dataset_card(self.plan.data.card)

    @property
    def n_folds(self) -> int:
        """Folds that are asked for."""
        return self.plan.split.folds or N_FOLDS

    def integrity(self) -> IntegrityReport:
        """What a look at the essays finds."""
        return inspect_essays(
            replace(self.together.intake, essays=self.essays),
            scale=self.scale,
            min_label_count=self.n_folds + 1,
        )


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
    origin: Origin
    """The files that they came from, and how they were chosen."""
    trait_scale: Scale
    """The grades of the traits."""
    auxiliary: tuple[AuxiliarySet, ...] = ()
    """Other essays with other marks to learn from."""
    notices: tuple[str, ...] = ()
    """What a reader of any figure should know about the training file."""
    corrections: CorrectionsUse | None = None
    """What teachers' corrections add to the training part; ``None`` where the plan names none."""

    @property
    def data_sha256(self) -> str:
        """Digest of the file or files: 64 hex digits."""
        return self.origin.sha256

    @property
    def metrics_allowed(self) -> bool:
        """Whether figures may be reported: the terms of every set of essays must allow it."""
        return all(metrics_allowed(card) for card in (self.card, *(each.card for each in self.auxiliary)))

    def identity(self, schema: FeatureSchema) -> str:
        """What tells this data, so divided and so measured, from any other."""
        others = " ".join(each.sha256 for each in self.auxiliary)
        return f"{self.data_sha256} {self.split.id} {schema.fingerprint} {others}"

    def splits_json(self) -> dict[str, Any]:
        """The split as ``splits.json`` holds it."""
        return split_set_to_json(SplitSet((self.split,), self.origin), self.essays)


def prepare_dataset(plan: Plan, services: Services, listener: Listener) -> Dataset:
    """Read what the plan names, check it, and divide it.

    Raises:
        InputError: the data cannot be used.
        SplitError: it cannot be divided as asked, or not as the saved split says.
        LeakError: what would be judged would have taught.
    """
    read = read_dataset(plan, services, listener)
    taught = divided(read, services, listener)
    _require_two_grades(taught.essays, taught.split, read.location)
    return Dataset(
        plan=read.plan,
        scale=read.scale,
        essays=taught.essays,
        split=taught.split,
        integrity=read.integrity(),
        dropped=read.together.dropped,
        card=read.card,
        origin=taught.origin,
        trait_scale=read.trait_scale,
        auxiliary=read_auxiliary_sets(read.plan, taught.essays, services, listener),
        notices=(*read.notices, *(() if taught.corrections is None else (in_words(taught.corrections),))),
        corrections=taught.corrections,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """Essays and how they are divided, corrected ones among them where the plan names any."""

    essays: tuple[Essay, ...]
    """Training pool and locked test set together."""
    split: SplitPlan
    """Which of them train, validate and test."""
    origin: Origin
    """The files that they came from."""
    corrections: CorrectionsUse | None = None
    """What became of corrections."""


def divided(read: ReadData, services: Services, listener: Listener) -> Divided:
    """Divide what was read, then let corrections teach: the locked test set is as it is without them.

    Raises:
        InputError, SplitError, LeakError: as `prepare_dataset`.
    """
    if read.plan.data.corrections is None:
        return Divided(essays=read.essays, split=_split(read, services), origin=read.origin)
    with _located(read):
        saved = read.saved
        whole = saved is not None and taught_by_corrections(saved.origin)
        drawn = saved.plan(read.plan.split.scheme) if saved and whole else _split(read, services)
        corrected = read_corrections(
            read.plan,
            read.scale,
            read.essays,
            test_ids=drawn.test_ids,
            scheme=drawn.scheme,
            services=services,
            listener=listener,
        )
        origin = origin_with(read.origin, corrected.use)
        if saved is not None and whole:
            split = saved_split(read.plan, saved, corrected.essays, origin.sha256)
        else:
            split = split_with(
                drawn, corrected, origin=origin, scale=read.scale, inner_folds=read.plan.split.inner_folds
            )
    return Divided(essays=corrected.essays, split=split, origin=origin, corrections=corrected.use)


def read_dataset(plan: Plan, services: Services, listener: Listener) -> ReadData:
    """Read what the plan names and check it, without dividing it.

    Raises:
        InputError: the data cannot be used.
        SplitError: the splits that the plan follows cannot be read, or say otherwise than the plan.
    """
    saved = None if plan.split.reuse is None else read_splits(plan.split.reuse)
    plan = following_store(following_splits(plan, saved))
    source = services.open_source(plan.data.train)
    plan = with_guesses(plan, source, listener)
    scales = plan_scale(plan)
    pool = read_essays(plan, source, scales, listener)
    test_source = services.open_source(plan.data.test) if plan.data.test else None
    test = _test_file(plan, test_source, pool, scales, listener) if test_source else None
    both = pool if test is None else _together(pool, test)
    scale = _single_scale(scales, both.kept, source.location)
    return ReadData(
        plan=plan,
        scale=scale,
        trait_scale=scale if plan.trait_scale is None else _trait_scale(plan, both.kept, source.location),
        pool=pool,
        test=test,
        together=both,
        origin=_origin(plan, source, test_source),
        location=source.location,
        saved=saved,
        notices=source.notices,
    )


def _split(read: ReadData, services: Services) -> SplitPlan:
    if read.saved is None:
        return split_read(read, (read.plan.split.scheme,), services).plans[0]
    with _located(read):
        return saved_split(read.plan, read.saved, read.essays, read.origin.sha256)


def split_read(read: ReadData, schemes: Sequence[Scheme], services: Services) -> SplitSet:
    """Divide what was read by each scheme, around one locked test set.

    Raises:
        SplitError, LeakError: it cannot be divided so; the message names the file.
    """
    with _located(read):
        return made_splits(
            read.plan,
            schemes,
            read.essays,
            origin=read.origin,
            scale=read.scale,
            test_ids=read.test_ids,
            services=services,
        )


@contextmanager
def _located(read: ReadData) -> Iterator[None]:
    """Refusals name the file."""
    try:
        yield
    except SplitError as error:
        raise SplitError(f"{read.location}: {error}") from error
    except LeakError as error:
        raise LeakError(error.check, f"{read.location}: {error.detail}") from error


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


def _origin(plan: Plan, source: EssaySource, test: EssaySource | None) -> Origin:
    files = [SourceFile("train", plan.data.train.name, source.sha256())]
    if test is not None and plan.data.test is not None:
        files.append(SourceFile("test", plan.data.test.name, test.sha256()))
    digests = " ".join(file.sha256 for file in files)
    return Origin(
        kind=plan.data.kind,
        sources=tuple(files),
        sha256=digests if len(files) == 1 else hashlib.sha256(digests.encode()).hexdigest(),
        min_words=plan.data.filters.min_words,
        max_words=plan.data.filters.max_words,
        exclude_prompts=plan.data.filters.exclude_prompts or (),
        only_prompts=plan.data.filters.only_prompts,
    )
