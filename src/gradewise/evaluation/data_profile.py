"""What texts and their columns look like: kept with a model, so that later ones can be held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.texts import count_words, normalise
from gradewise.evaluation.profile_parts import (
    NumberProfile,
    ShareProfile,
    TimeSpan,
    VectorProfile,
    describe_numbers,
    describe_shares,
    describe_times,
    describe_vectors,
)
from gradewise.evaluation.vocabulary import Vocabulary, learn_vocabulary

CHARACTERS, WORDS, UNKNOWN = "characters", "words", "unknown_words"
"""What is kept of the texts themselves: their lengths, and the share of words that other texts lack."""
LABEL = "label"
"""Under which name the shares of labels are kept."""
MOST_COLUMNS = 150
"""Columns of numbers that are kept; of more, the first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Said:
    """What a model said of texts that it had not learnt from."""

    labels: Sequence[str]
    """The label that each was given."""
    confidence: NDArray[np.floating]
    """Probability of that label: shape ``(n,)``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextTable:
    """Texts with their columns, as they are profiled or held against a profile; as long as each other."""

    texts: Sequence[str] = ()
    """As they were read; empty where nothing but what was measured of them is at hand."""
    numbers: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)
    """Columns of numbers: each of shape ``(n,)``, not finite where a cell is empty."""
    labels: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    """Columns of labels, of yes and no among them; ``None`` where a cell is empty."""
    times: Sequence[datetime | None] = ()
    """When texts were written; empty where nothing is known of it."""
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    """Columns of vectors: each of shape ``(n, width)``, finite."""
    said: Said | None = None
    """What a model said of texts that it had not learnt from: of these, or of others of their kind."""
    answered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What went with a service's answers, by what it is about; held against its answers of before."""

    @property
    def n(self) -> int:
        """Texts, at hand or not."""
        columns = (*self.numbers.values(), *self.labels.values(), *self.vectors.values())
        answered = () if self.said is None else (self.said.labels,)
        return len(self.texts) or max(map(len, (*columns, *answered, *self.answered.values())), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidProfile:
    """What a model said of texts that it had not learnt from."""

    labels: ShareProfile
    """How often it gave each label."""
    confidence: NumberProfile
    """Probability of the label that it gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProfile:
    """What texts and their columns look like. No text and no word of one can be read out of it."""

    n: int
    """Texts."""
    lengths: Mapping[str, NumberProfile]
    """`CHARACTERS` and `WORDS` of each text, and its share of `UNKNOWN` words."""
    numbers: Mapping[str, NumberProfile]
    """Columns of numbers."""
    labels: Mapping[str, ShareProfile]
    """Columns of labels, `LABEL` among them where texts have one."""
    times: TimeSpan | None
    """When they were written, where it is known."""
    vectors: Mapping[str, VectorProfile]
    """Columns of vectors."""
    vocabulary: Vocabulary
    """Which words they share."""
    repeated: float
    """Share of texts that stand there before, apart from case and spaces."""
    left_out: int = 0
    """Columns of numbers beyond `MOST_COLUMNS`, of which nothing is kept."""
    said: SaidProfile | None = None
    """What the model said of texts of their kind."""

    @property
    def completeness(self) -> Mapping[str, float]:
        """Share of texts that have something in a column, by column."""
        columns: dict[str, NumberProfile | ShareProfile] = {**self.numbers, **self.labels}
        full = {name: column.n / max(self.n, 1) for name, column in columns.items()}
        return full if self.times is None else {**full, "time": self.times.n / self.n}


def describe_data(table: TextTable) -> DataProfile:
    """The profile of texts and their columns: time grows with the number of texts, size does not.

    >>> describe_data(TextTable(texts=["one two", "one"])).lengths["words"].mean
    1.5
    """
    vocabulary, unknown = learn_vocabulary(table.texts)
    numbers = list(table.numbers.items())
    described = {name: describe_vectors(values) for name, values in table.vectors.items()}
    return DataProfile(
        n=len(table.texts),
        lengths={
            **{name: describe_numbers(values) for name, values in text_lengths(table.texts).items()},
            UNKNOWN: describe_numbers(unknown),
        },
        numbers={name: describe_numbers(values) for name, values in numbers[:MOST_COLUMNS]},
        labels={name: describe_shares(labels) for name, labels in table.labels.items()},
        times=describe_times(table.times),
        vectors={name: found for name, found in described.items() if found is not None},
        vocabulary=vocabulary,
        repeated=repeated_share(table.texts),
        left_out=max(0, len(numbers) - MOST_COLUMNS),
        said=None if table.said is None else _describe_said(table.said),
    )


def text_lengths(texts: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """The lengths of texts in `CHARACTERS` and `WORDS`: each of shape ``(n,)``."""
    return {
        CHARACTERS: np.array([len(text) for text in texts], dtype=np.float64),
        WORDS: np.array([count_words(text) for text in texts], dtype=np.float64),
    }


def repeated_share(texts: Sequence[str]) -> float:
    """Share of texts that stand there before, apart from case and spaces; 0 of none.

    >>> round(repeated_share(["Hello  there", "hello there", "bye"]), 3)
    0.333
    """
    distinct = {normalise(text).casefold() for text in texts}
    return 1 - len(distinct) / len(texts) if texts else 0.0


def _describe_said(said: Said) -> SaidProfile:
    return SaidProfile(labels=describe_shares(said.labels), confidence=describe_numbers(said.confidence))
