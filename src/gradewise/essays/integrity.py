"""What is wrong or odd in a set of essays, found before anything is learnt from it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from gradewise.essays.bad_rows import Rejected, counts_by_reason
from gradewise.essays.intake import Intake
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.texts import count_words, text_hash

NO_PROMPT = "(no prompt)"
"""What essays without a prompt are counted under."""

_QUANTILES = {"min": 0.0, "p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Essays with one and the same normalised text."""

    essay_ids: tuple[str, ...]
    """At least two, in table order."""
    labels: tuple[str, ...]
    """The different grades they got, lowest first; more than one is a conflict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityReport:
    """What a look at the data found."""

    n_essays: int
    """Usable essays."""
    n_texts: int
    """Different normalised texts among them."""
    duplicates: tuple[DuplicateGroup, ...]
    """Essays with the same text."""
    n_conflicting_duplicates: int
    """Groups of these that got different grades."""
    set_aside: Mapping[str, int]
    """Rows left out, by reason."""
    rejected: tuple[Rejected, ...]
    """The same rows one by one, with everything that is wrong with each."""
    repaired: Mapping[str, int]
    """Essays by kind of repair made to their text."""
    label_counts: Mapping[str, int]
    """Essays by grade over the whole scale, lowest first, unused grades included."""
    rare_labels: tuple[str, ...]
    """Grades with fewer different texts than asked for, though at least one."""
    unused_labels: tuple[str, ...]
    """Grades of the scale that no essay has."""
    prompt_counts: Mapping[str, int]
    """Essays by prompt, most first."""
    word_counts: Mapping[str, float]
    """Lengths in words: ``min p05 p25 median p75 p95 max``."""

    def to_json(self) -> dict[str, object]:
        """Plain values for a JSON file; holds no essay text, and of rows left out their number alone."""
        return asdict(replace(self, rejected=())) | {"rejected": len(self.rejected)}


def inspect_essays(intake: Intake, *, scale: Scale | None, min_label_count: int) -> IntegrityReport:
    """Look at essays before they are used.

    Args:
        intake: the essays, and what was left out.
        scale: orders the grades; ``None`` orders by name.
        min_label_count: a grade with fewer different texts is rare.
    """
    essays = intake.essays
    copies = _copies(essays)
    labelled = {
        (essay.label, key) for key, group in copies.items() for essay in group if essay.label is not None
    }
    texts_by_label = Counter(label for label, _ in labelled)
    order = scale.grades if scale is not None else tuple(sorted(texts_by_label))
    duplicates = tuple(_duplicate_group(group, order) for group in copies.values() if len(group) > 1)
    counts = Counter(essay.label for essay in essays)
    return IntegrityReport(
        n_essays=len(essays),
        n_texts=len(copies),
        duplicates=duplicates,
        n_conflicting_duplicates=sum(len(group.labels) > 1 for group in duplicates),
        set_aside=counts_by_reason(intake.set_aside),
        rejected=intake.set_aside,
        repaired=dict(intake.repaired),
        label_counts={label: counts[label] for label in order},
        rare_labels=tuple(label for label in order if 0 < texts_by_label[label] < min_label_count),
        unused_labels=tuple(label for label in order if not counts[label]),
        prompt_counts=_by_size(Counter(essay.prompt or NO_PROMPT for essay in essays)),
        word_counts=_quantiles([count_words(essay.text) for essay in essays]),
    )


def find_leaks(train: Sequence[Essay], test: Sequence[Essay]) -> tuple[tuple[str, str], ...]:
    """Pairs of (training id, test id) with one normalised text, in training order; there should be none."""
    in_test = _copies(test)
    return tuple((essay.id, copy.id) for essay in train for copy in in_test.get(text_hash(essay.text), ()))


def _copies(essays: Sequence[Essay]) -> Mapping[str, list[Essay]]:
    copies: defaultdict[str, list[Essay]] = defaultdict(list)
    for essay in essays:
        copies[text_hash(essay.text)].append(essay)
    return copies


def _duplicate_group(group: Sequence[Essay], order: Sequence[str]) -> DuplicateGroup:
    given = {essay.label for essay in group}
    return DuplicateGroup(
        tuple(essay.id for essay in group), tuple(label for label in order if label in given)
    )


def _by_size(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _quantiles(lengths: Sequence[int]) -> dict[str, float]:
    return {name: float(np.quantile(lengths, share)) for name, share in _QUANTILES.items()}
