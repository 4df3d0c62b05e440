"""One experiment on classes: texts laid out by the split plan, with what is measured of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.essays.scales import FEWEST_GRADES, Scale, class_scale
from gradewise.essays.suggestions import quotable, suggest
from gradewise.essays.texts import normalise
from gradewise.features.schema import FeatureMatrix
from gradewise.models.folds import FoldRows, fold_rows
from gradewise.models.leaks import refuse_class_copies
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.measuring.stores import measured_data
from gradewise.workflows.plans.classifier import ClassifierPlan
from gradewise.workflows.services import Services

CLASSES_LISTED = 8
"""Classes that a notice names at the most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Some texts of the data, row by row."""

    essays: tuple[Essay, ...]
    """The texts."""
    measured: FeatureMatrix
    """What comes with them and what a text model sees of them; may have no column."""
    codes: Codes
    """Their classes: shape ``(n,)``; -1 for texts of none."""

    @property
    def texts(self) -> list[str]:
        """The texts themselves."""
        return [essay.text for essay in self.essays]

    def __len__(self) -> int:
        return len(self.essays)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextExperiment:
    """Texts and their classes, divided into training part and locked test; texts of no class stand apart."""

    dataset: Dataset
    """The texts and the split plan."""
    scale: Scale
    """The classes that are learnt."""
    train: Texts
    """Texts to learn from."""
    test: Texts
    """The locked test set."""
    outside: Texts
    """Texts of no class, which nothing is learnt from; may be none."""
    folds: tuple[FoldRows, ...]
    """Rows of `train`."""
    no_class: str | None = None
    """The label of texts of no class; ``None`` where the plan names none."""
    notices: tuple[str, ...] = ()
    """What a reader of any figure should know about the classes."""
    workers: int = 1
    """Threads that learn; they do not change the result."""

    @property
    def plan(self) -> ClassifierPlan:
        """What learns."""
        return self.dataset.plan.classifier


def gather_texts(
    dataset: Dataset, services: Services, listener: Listener, *, store: Path | None = None
) -> TextExperiment:
    """Measure the texts and lay them out by the split plan.

    A class with fewer training texts than the plan wants is left out, with its texts, and that is said.

    Args:
        dataset: the texts and the plan.
        services: what measures.
        listener: hears stages.
        store: where newly measured features are kept; ``None`` keeps none.

    Raises:
        InputError: a text cannot be measured, too few classes are left, or no text is out of scope though
            the plan names their label.
        LeakError: a given column is the classes under another name.
    """
    split, labels = dataset.split, {essay.id: essay.label or "" for essay in dataset.essays}
    found = _learnable_classes(dataset, Counter(labels[essay_id] for essay_id in split.train_ids))
    for notice in found.notices:
        listener(Notice(notice))
    matrix = measured_data(dataset, services, listener, store=store).essays

    def chosen(ids: Sequence[str], *, of: AbstractSet[str]) -> Texts:
        return _texts(dataset, matrix, [each for each in ids if labels[each] in of], found.kept)

    classes = frozenset(found.kept.grades)
    test = chosen(split.test_ids, of=classes)
    if not test.essays:
        raise InputError("no text of the locked test is of a class that is learnt; give more texts of each")
    train = chosen(split.train_ids, of=classes)
    refuse_class_copies(train.measured, train.codes)
    return TextExperiment(
        dataset=dataset,
        scale=found.kept,
        train=train,
        test=test,
        outside=chosen((*split.train_ids, *split.test_ids), of=frozenset(filter(None, [found.no_class]))),
        no_class=found.no_class,
        folds=fold_rows(split.folds, [essay.id for essay in train.essays]),
        notices=found.notices,
        workers=services.workers or processors(),
    )


@dataclass(frozen=True, slots=True)
class _Classes:
    """Which of the labels that occur are learnt."""

    kept: Scale
    no_class: str | None
    notices: tuple[str, ...]


def _learnable_classes(dataset: Dataset, counts: Mapping[str, int]) -> _Classes:
    """The classes with training texts enough, by how many texts each label has, and what to say of others."""
    plan, scale = dataset.plan.classifier, dataset.scale
    no_class = _out_of_scope_label(plan, scale)
    kept = _kept_classes(scale, counts, plan, no_class)
    return _Classes(kept, no_class, (*_left_out(scale, counts, kept, no_class), *_look_alikes(scale)))


def _texts(dataset: Dataset, matrix: FeatureMatrix, ids: Sequence[str], scale: Scale) -> Texts:
    """Some texts with what is measured of them, and their classes."""
    by_id = {essay.id: essay for essay in dataset.essays}
    essays = tuple(by_id[essay_id] for essay_id in ids)
    known = {label: code for code, label in enumerate(scale.grades)}
    codes = [known.get(essay.label or "", -1) for essay in essays]
    return Texts(essays=essays, measured=matrix.rows(ids), codes=np.array(codes, dtype=np.int64))


def _out_of_scope_label(plan: ClassifierPlan, scale: Scale) -> str | None:
    """The label of texts of no class, as the data spells it."""
    if plan.out_of_scope is None:
        return None
    try:
        return scale.canonical(plan.out_of_scope)
    except InputError as error:
        raise InputError(
            f"classifier.out_of_scope is {quotable(plan.out_of_scope)!r}, and no text has that label"
            f"{suggest(plan.out_of_scope, scale.grades)}; name one that occurs, or leave the key out"
        ) from error


def _kept_classes(
    scale: Scale, counts: Mapping[str, int], plan: ClassifierPlan, no_class: str | None
) -> Scale:
    kept = [label for label in scale.grades if counts[label] >= plan.least_per_class and label != no_class]
    if len(kept) < FEWEST_GRADES:
        raise InputError(
            f"{len(kept)} classes have {plan.least_per_class} training texts or more, and "
            f"{FEWEST_GRADES} are needed; give more texts, or lower classifier.least_per_class"
        )
    return class_scale(kept)


def _left_out(scale: Scale, counts: Mapping[str, int], kept: Scale, no_class: str | None) -> tuple[str, ...]:
    """In words, the classes with too few texts."""
    rare = [label for label in scale.grades if label not in set(kept.grades) and label != no_class]
    if not rare:
        return ()
    listed = ", ".join(f"{quotable(label)} ({counts[label]})" for label in rare[:CLASSES_LISTED])
    said = (
        f"{len(rare)} classes are left out, with their texts, as they have too few training texts to learn "
        f"from: {listed}{' …' if len(rare) > CLASSES_LISTED else ''}"
    )
    return (said,)


def _look_alikes(scale: Scale) -> tuple[str, ...]:
    """In words, classes that are perhaps one, spelled in several ways."""
    spelled: dict[str, list[str]] = {}
    for label in scale.grades:
        spelled.setdefault(normalise(label).casefold(), []).append(quotable(label))
    alike = [" and ".join(map(repr, labels)) for labels in spelled.values() if len(labels) > 1]
    if not alike:
        return ()
    listed = f"{', '.join(alike[:CLASSES_LISTED])}{' …' if len(alike) > CLASSES_LISTED else ''}"
    said = (
        "classes that differ in capitals, spaces or invisible signs alone are taken for different ones: "
        f"{listed}; where they are one, spell them alike"
    )
    return (said,)
