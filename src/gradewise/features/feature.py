"""A feature: what it means, and how it is measured."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from gradewise.features.documents import Document
from gradewise.features.schema import FeatureSpec

Measure = Callable[[Document], float]
"""Measures one thing of one document: finite for every document, within the range of its spec."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the catalogue."""

    spec: FeatureSpec
    """What the value means."""
    measure: Measure
    """How it is measured."""
    languages: frozenset[str] | None = None
    """Codes of the languages for which it is defined; ``None`` for every language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup:
    """Features that a teacher would file under one word."""

    name: str
    """The group of every spec in it."""
    features: tuple[Feature, ...]
    """Its rows, in matrix order."""
    languages: frozenset[str] | None = None
    """Codes of the languages that have the word lists it needs; ``None`` for every language."""
    needs_findings: bool = False
    """Whether it reads what a language checker found."""
    needs_prompt_text: bool = False
    """Whether it reads the task."""


def per_100_words(count: float, document: Document) -> float:
    """A count as a rate, so that long essays do not look richer, or worse, than they are."""
    return 100 * count / document.n_words


def share(flags: Iterable[bool], total: int) -> float:
    """The part of ``total`` that is true, in ``[0, 1]``; 0 of nothing."""
    return sum(flags) / total if total else 0.0


def listed(document: Document, words: frozenset[str]) -> int:
    """How many words of a document are on a list of lowered words."""
    return sum(map(document.word_counts.__getitem__, words.intersection(document.word_counts)))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def spread(values: Sequence[float]) -> float:
    """The population standard deviation; 0 of nothing and of one value."""
    centre = mean(values)
    return sqrt(mean([(value - centre) ** 2 for value in values]))
