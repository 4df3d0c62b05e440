"""Have texts changed since a model was trained? They are held against the profile that was kept then.

Every check asks one question and answers it with the size of what has changed and a p-value; the p-values of
all checks are corrected together, so that texts of the same kind raise a false alarm in one run of a hundred.
An alarm needs both: more than luck, and large enough to matter.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.data_profile import (
    LABEL,
    UNKNOWN,
    DataProfile,
    Said,
    SaidProfile,
    TextTable,
    repeated_share,
    text_lengths,
)
from gradewise.evaluation.drift_report import MATTERS, Check, DriftReport, Measure, Stretches, Topic, Verdict
from gradewise.evaluation.profile_parts import (
    OTHER,
    NumberProfile,
    ShareProfile,
    VectorProfile,
    count_between,
    describe_shares,
)
from gradewise.evaluation.two_samples import (
    Moved,
    corrected,
    curves_apart,
    in_parts,
    means_apart,
    population_stability,
    shares_apart,
)
from gradewise.evaluation.vocabulary import unknown_words

GIVEN_LABEL, CONFIDENCE = "given_label", "confidence"
"""What the checks of a model's own answers are called."""
ADVISORY, RELEASED = "advisory", "released"
"""What went with answers of a service: the most urgent advisory, and whether the grade was let out."""
ALARM = 0.01
"""How often texts of the same kind may raise any alarm at all."""
FEWEST = 50
"""Texts, then and now, below which nothing is said."""


def measure_drift(
    profile: DataProfile,
    table: TextTable,
    *,
    before: Mapping[str, Sequence[str]] = MappingProxyType({}),
    alarm: float = ALARM,
    seed: int = 0,
) -> DriftReport:
    """Hold texts against a profile, in everything that both have.

    Args:
        profile: what texts looked like.
        table: how they look now; without the texts, what was measured of them is compared alone.
        before: what went with answers of before, of which a profile knows nothing, see `TextTable.answered`.
        alarm: how often texts of the same kind may raise any alarm, 0 to 1.
        seed: of the shuffles.
    """
    generator = np.random.default_rng(seed)
    asked = [*_questions(profile, table, generator), *_of_answered(before, table, generator)]
    strict = corrected([each.moved.p_value for each in asked if each.enough])
    found, place = [], 0
    for each in asked:
        found.append(each.answer(strict[place] if each.enough else 1.0, alarm))
        place += each.enough
    kept = {*profile.numbers, *profile.labels, *profile.vectors} - {LABEL}
    here = {*table.numbers, *table.labels, *_vectors(profile, table)}
    return DriftReport(
        n_then=profile.n,
        n_now=table.n,
        checks=tuple(found),
        absent=tuple(sorted(kept - here)),
        repeated_then=profile.repeated,
        repeated_now=repeated_share(table.texts),
        alarm=alarm,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A check before all p-values are known."""

    name: str
    topic: Topic
    measure: Measure
    moved: Moved
    n: tuple[int, int]
    means: tuple[float, float] = (float("nan"), float("nan"))
    parts: Stretches | None = None

    @property
    def enough(self) -> bool:
        return min(self.n) >= FEWEST

    def answer(self, strict: float, alarm: float) -> Check:
        return Check(
            name=self.name,
            topic=self.topic,
            measure=self.measure,
            n_then=self.n[0],
            n_now=self.n[1],
            then=self.means[0],
            now=self.means[1],
            effect=self.moved.effect,
            stability=self._stability(),
            p_value=self.moved.p_value,
            corrected=strict,
            verdict=self._verdict(strict, alarm),
            parts=self.parts,
        )

    def _verdict(self, strict: float, alarm: float) -> Verdict:
        if not self.enough:
            return "too few"
        if strict >= alarm:
            return "alike"
        return "drift" if self.moved.effect >= MATTERS[self.measure] else "slight"

    def _stability(self) -> float:
        if self.parts is None:
            return float("nan")
        then, now = self.parts.then, self.parts.now
        return population_stability(*(in_parts(then, now) if self.parts.edges else (then, now)))


def _questions(profile: DataProfile, table: TextTable, generator: np.random.Generator) -> Iterator[_Question]:
    if table.texts:
        lengths = {**text_lengths(table.texts), UNKNOWN: unknown_words(profile.vocabulary, table.texts)}
        for name, kept in profile.lengths.items():
            yield from _of_numbers(name, "texts", kept, lengths[name], generator)
    for name, kept in profile.numbers.items():
        if name in table.numbers:
            yield from _of_numbers(name, "column", kept, table.numbers[name], generator)
    for name, shares in profile.labels.items():
        given = table.labels.get(name)
        if given is not None and any(each is not None for each in given):
            topic: Topic = "label" if name == LABEL else "column"
            yield _of_labels(name, topic, shares, given, generator)
    for name in _vectors(profile, table):
        yield from _of_vectors(name, profile.vectors[name], table.vectors[name], generator)
    if profile.said is not None and table.said is not None:
        yield from _of_said(profile.said, table.said, generator)


def _of_answered(
    before: Mapping[str, Sequence[str]], table: TextTable, generator: np.random.Generator
) -> Iterator[_Question]:
    for name, now in table.answered.items():
        if before.get(name):
            yield _of_labels(name, "answered", describe_shares(before[name]), now, generator)


def _vectors(profile: DataProfile, table: TextTable) -> list[str]:
    """The columns of vectors that both have, of one width."""
    return [
        name
        for name, kept in profile.vectors.items()
        if name in table.vectors and table.vectors[name].shape[1] == kept.width
    ]


def _of_said(kept: SaidProfile, said: Said, generator: np.random.Generator) -> Iterator[_Question]:
    yield _of_labels(GIVEN_LABEL, "predicted", kept.labels, said.labels, generator)
    yield from _of_numbers(CONFIDENCE, "predicted", kept.confidence, said.confidence, generator)


def _of_numbers(
    name: str,
    topic: Topic,
    kept: NumberProfile,
    values: NDArray[np.floating],
    generator: np.random.Generator,
) -> Iterator[_Question]:
    """Whether numbers have moved, and where some are missing, whether more are."""
    exact = np.asarray(values, dtype=np.float64)
    known = exact[np.isfinite(exact)]
    if kept.n:
        now = count_between(known, kept.edges)
        # Texts that training has seen have fewer unknown words than it had itself, which is no drift.
        fewer = name == UNKNOWN and topic == "texts" and (not len(known) or known.mean() <= kept.mean)
        yield _Question(
            name=name,
            topic=topic,
            measure="curves",
            moved=Moved(0.0, 1.0) if fewer else curves_apart(kept.counts, now),
            n=(kept.n, len(known)),
            means=(kept.mean, float(known.mean()) if len(known) else float("nan")),
            parts=Stretches(names=(), edges=kept.edges, then=kept.counts, now=now),
        )
    if kept.missing or len(known) < len(exact):
        gone = len(exact) - len(known)
        yield _of_missing(name, topic, (kept.n, kept.missing), (len(known), gone), generator)


def _of_missing(
    name: str, topic: Topic, then: tuple[int, int], now: tuple[int, int], generator: np.random.Generator
) -> _Question:
    return _Question(
        name=f"{name} (there or not)",
        topic=topic,
        measure="shares",
        moved=shares_apart(then, now, generator=generator),
        n=(sum(then), sum(now)),
        means=(then[0] / max(sum(then), 1), now[0] / max(sum(now), 1)),
        parts=Stretches(names=("there", "missing"), edges=(), then=then, now=now),
    )


def _of_labels(
    name: str,
    topic: Topic,
    kept: ShareProfile,
    labels: Sequence[str | None],
    generator: np.random.Generator,
) -> _Question:
    names = [*(label for label in kept.counts if label != OTHER), OTHER]
    places = {label: place for place, label in enumerate(names)}
    counts = [0] * len(names)
    for label, n in Counter(label for label in labels if label is not None).items():
        counts[places.get(label, len(names) - 1)] += n
    then = [kept.counts.get(label, 0) for label in names]
    return _Question(
        name=name,
        topic=topic,
        measure="shares",
        moved=shares_apart(then, counts, generator=generator),
        n=(sum(then), sum(counts)),
        parts=Stretches(names=tuple(names), edges=(), then=tuple(then), now=tuple(counts)),
    )


def _of_vectors(
    name: str, kept: VectorProfile, vectors: NDArray[np.float32], generator: np.random.Generator
) -> Iterator[_Question]:
    places = kept.places(vectors)
    yield _Question(
        name=f"{name}: centre",
        topic="vector",
        measure="means",
        moved=means_apart(np.array(kept.mean), kept.spread(), kept.n, places.along),
        n=(kept.n, len(vectors)),
    )
    yield from _of_numbers(f"{name}: distance from it", "vector", kept.distance, places.distance, generator)
    yield from _of_numbers(f"{name}: unlike any", "vector", kept.outside, places.outside, generator)
