"""From a plan to essays that were read, checked and filtered."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from gradewise.errors import InputError
from gradewise.essays.cards import DatasetCard
from gradewise.essays.intake import Intake
from gradewise.essays.integrity import IntegrityReport, inspect_essays
from gradewise.essays.origins import Origin, SourceFile
from gradewise.essays.prompt_scales import PromptScales, find_scales
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale, class_scale
from gradewise.essays.split_set import SplitSet
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.language import other_language
from gradewise.workflows.datasets.reading import FileOfEssays, read_essays, with_guesses
from gradewise.workflows.datasets.splitting import following_splits, read_splits
from gradewise.workflows.datasets.writer_groups import with_groups_of
from gradewise.workflows.measuring.store_files import following_store
from gradewise.workflows.plans.data import dataset_card
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.splits import N_FOLDS
from gradewise.workflows.services import Services


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


def read_dataset(plan: Plan, services: Services, listener: Listener) -> ReadData:
    """Read what the plan names and check it, without dividing it.

    Raises:
        InputError: the data cannot be used.
        SplitError: the splits that the plan follows cannot be read, or say otherwise than the plan.
    """
    saved = None if plan.split.reuse is None else read_splits(plan.split.reuse)
    plan = following_store(following_splits(plan, saved))
    source = services.open_data(plan.data.train, plan.data)
    asked_groups = plan.data.columns.groups
    plan = with_guesses(plan, source, listener)
    scales = plan_scale(plan)
    pool = read_essays(plan, source, scales, listener)
    test_source = services.open_data(plan.data.test, plan.data) if plan.data.test else None
    tested = with_no_class(plan, scales)
    test = None
    if test_source:
        known = plan if asked_groups else with_groups_of(plan, test_source)
        test = _test_file(known, test_source, pool, tested, listener)
    no_class = (plan.classifier.out_of_scope or "").strip()
    if test is not None and any(essay.label == no_class for essay in test.kept):
        scales = tested
    both = pool if test is None else _together(pool, test)
    language = other_language(both.kept, plan.language) if plan.task == "ordinal" else None
    if language is not None:
        listener(Notice(language))
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
        notices=(*source.notices, *(() if language is None else (language,))),
    )


def plan_scale(plan: Plan) -> Scale | PromptScales:
    """The scale that a plan names, once it names one; of ``task: nominal`` the classes that it lists.

    Raises:
        InputError: there is no such scale, or classes are not listed.
    """
    if plan.scale is None:
        raise InputError("the plan names no scale; add `scale:`")
    if plan.task == "nominal":
        if not isinstance(plan.scale, tuple):
            raise InputError(
                f"scale {quotable(str(plan.scale))!r} has an order, which classes have not; leave `scale` "
                "out, so that every label is a class, or list the classes"
            )
        return class_scale(str(label).strip() for label in plan.scale)
    return find_scales(plan.scale)


Scales = TypeVar("Scales", Scale, Scale | PromptScales)


def with_no_class(plan: Plan, scales: Scales) -> Scales:
    """A scale that texts of no class are on too: the locked test file or corrections alone may hold them."""
    label = plan.classifier.out_of_scope
    if plan.task != "nominal" or label is None or not isinstance(scales, Scale):
        return scales
    known = label.strip().casefold() in {each.casefold() for each in scales.grades}
    return scales if known else class_scale((*scales.grades, label.strip()))


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
