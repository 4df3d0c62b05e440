"""From a plan to essays that are ready for an experiment: read, checked, filtered, split."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.cards import DatasetCard, metrics_allowed
from gradewise.essays.integrity import IntegrityReport
from gradewise.essays.leaks import parted_kin
from gradewise.essays.origins import Origin
from gradewise.essays.records import Essay
from gradewise.essays.scales import FEWEST_GRADES, Scale
from gradewise.essays.split_json import split_set_to_json
from gradewise.essays.split_plan import Scheme, SplitPlan
from gradewise.essays.split_set import SplitSet
from gradewise.features.schema import FeatureSchema
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.auxiliary import AuxiliarySet, read_auxiliary_sets
from gradewise.workflows.datasets.corrected import CorrectionsUse, in_words, read_corrections
from gradewise.workflows.datasets.corrected_splits import origin_with, split_with, taught_by_corrections
from gradewise.workflows.datasets.read_dataset import ReadData, read_dataset, with_no_class
from gradewise.workflows.datasets.splitting import made_splits, saved_split
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services

GRADES_LISTED = 4
"""Grades that a notice names at the most."""


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
    for note in plan.notes:
        listener(Notice(note))
    read = read_dataset(plan, services, listener)
    taught = divided(read, services, listener)
    _require_two_grades(taught.essays, taught.split, read.location)
    integrity = read.integrity()
    follows = read.saved is not None or read.test is not None
    parted = parted_kin(taught.split, taught.essays) if follows else ()
    found = (*parted, *_unused(integrity, taught.scale))
    for note in found:
        listener(Notice(note))
    return Dataset(
        plan=read.plan,
        scale=taught.scale,
        essays=taught.essays,
        split=taught.split,
        integrity=integrity,
        dropped=read.together.dropped,
        card=read.card,
        origin=taught.origin,
        trait_scale=read.trait_scale,
        auxiliary=read_auxiliary_sets(read.plan, taught.essays, services, listener),
        notices=(
            *plan.notes,
            *read.notices,
            *found,
            *(() if taught.corrections is None else (in_words(taught.corrections),)),
        ),
        corrections=taught.corrections,
    )


def _unused(integrity: IntegrityReport, scale: Scale) -> Iterator[str]:
    """Grades of a scale that nobody gave are between others, so that a model gives them."""
    lacking = integrity.unused_labels
    if scale.ordered and lacking and scale.n_grades - len(lacking) >= FEWEST_GRADES:
        used = ",".join(grade for grade in scale.grades if grade not in lacking)
        more = len(lacking) - GRADES_LISTED
        named = [*lacking[:GRADES_LISTED], *([f"{more} others"] if more > 0 else [])]
        yield (
            f"no essay has grade {' or '.join(named)}, and the model may give it all the same; "
            f"if teachers do not: --scale '{used}'"
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
    scale: Scale
    """Of their labels: that of what was read, with the label of no class where corrections alone have it."""
    corrections: CorrectionsUse | None = None
    """What became of corrections."""


def divided(read: ReadData, services: Services, listener: Listener) -> Divided:
    """Divide what was read, then let corrections teach: the locked test set is as it is without them.

    Raises:
        InputError, SplitError, LeakError: as `prepare_dataset`.
    """
    if read.plan.data.corrections is None:
        return Divided(essays=read.essays, split=_split(read, services), origin=read.origin, scale=read.scale)
    with _located(read):
        saved = read.saved
        whole = saved is not None and taught_by_corrections(saved.origin)
        drawn = saved.plan(read.plan.split.scheme) if saved and whole else _split(read, services)
        scale = with_no_class(read.plan, read.scale)
        corrected = read_corrections(
            read.plan,
            scale,
            read.essays,
            test_ids=drawn.test_ids,
            scheme=drawn.scheme,
            services=services,
            listener=listener,
        )
        if all(essay.label in read.scale.grades for essay in corrected.essays):
            scale = read.scale
        origin = origin_with(read.origin, corrected.use)
        if saved is not None and whole:
            split = saved_split(read.plan, saved, corrected.essays, origin.sha256)
        else:
            split = split_with(
                drawn, corrected, origin=origin, scale=scale, inner_folds=read.plan.split.inner_folds
            )
    return Divided(
        essays=corrected.essays, split=split, origin=origin, scale=scale, corrections=corrected.use
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


def _require_two_grades(essays: Sequence[Essay], split: SplitPlan, location: str) -> None:
    train_ids = set(split.train_ids)
    grades = {essay.label for essay in essays if essay.id in train_ids}
    if len(grades) == 1:
        raise InputError(
            f"{location}: every training essay has grade {min(grades, key=str)!r}, so there is nothing to "
            "learn; give essays of two grades at least, or another column: --label-column NAME"
        )
