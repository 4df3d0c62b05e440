"""What the training essays were like, as numbers that new essays are held against.

Kept of the essays: everyday words, content words that several share, letters in threes, hashes, ranges of
features. No text and no sentence can be put together from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.records import Essay
from gradewise.features.advisories.alerts import ALERT_PHRASES, AlertPhrases
from gradewise.features.advisories.language import LanguageProfile, learn_language
from gradewise.features.advisories.ranges import FeatureRanges, learn_ranges
from gradewise.features.advisories.run_index import RunIndex, index_runs
from gradewise.features.advisories.signs import Words, repeated_share
from gradewise.features.advisories.topic_learning import TopicLikeness, learn_topics
from gradewise.features.advisories.topics import TopicProfile
from gradewise.features.documents import build_document
from gradewise.features.schema import FeatureMatrix

FALSE_ALARMS = 0.01
"""Share of ordinary essays that each learnt limit lets through as a false alarm."""

FEWEST_WORDS = 50
"""Words below which shares of words say nothing; such an essay may still be too short."""

FEWEST_ESSAYS = 10
"""Essays from which anything can be learnt about what is ordinary."""

_REPEATED = 0.15, 0.50  # the limit on repetition lies in between, whatever the training essays do
_STRANGE_FLOOR = 0.10
_STRANGE_TIMES = 3.0  # the 95th percentile: a training set of which some is not text sets no wrong limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond which values an essay gets an advisory; those with a default are the same for every model."""

    fewest_words: int
    """The shortest essay, but for one training essay in two hundred."""
    most_words: int
    """The longest, but for one in two hundred."""
    everyday: float
    """Least share of everyday words: half of what is usual."""
    strange: float
    """Largest share of words that are spelled like no other."""
    repeated: float
    """Largest share of runs of five words that were there before."""
    to_prompt: float
    """Least likeness to essays on the same prompt; ``-inf`` where no prompt has enough of them."""
    typical: float
    """Likeness that half of the essays on a prompt reach; ``inf`` where no prompt has enough of them."""
    to_all: float
    """Least likeness to all essays, for prompts that are not known."""
    half_to_prompt: float
    """Least likeness of either half of an essay; ``-inf`` where no prompt has enough of them."""
    beyond: float
    """How far a feature may lie beyond its range, in ranges."""
    order: float = 0.0
    """Least order of words: chance."""
    listed: float = 0.5
    """Largest share of words on short lines."""
    symbols: float = 0.03
    """Largest share of characters that are symbols."""
    copied: float = 0.20
    """Largest share of words copied from the task."""
    shared: float = 0.30
    """Largest share of runs of five words that stand in one training essay."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EssayReference:
    """What the training essays were like."""

    n: int
    """How many there were."""
    code: str
    """ISO 639-1 code of their language."""
    limits: Limits
    """What is held against what."""
    language: LanguageProfile
    """What their text looks like."""
    topics: TopicProfile
    """What they are about."""
    runs: RunIndex
    """What they are worded like."""
    ranges: FeatureRanges
    """How they measure."""
    alerts: AlertPhrases
    """Phrases after which a person must read an essay, by what they may speak of; may be empty."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadEssays:
    """Essays cut into words once, with their measurements: what a reference is learnt from."""

    texts: tuple[Words, ...]
    """The words of each."""
    prompts: tuple[str | None, ...]
    """What each answers."""
    matrix: FeatureMatrix
    """What was measured of them, row by row, nothing of it learnt from grades."""

    def rows(self, positions: NDArray[np.int64]) -> "ReadEssays":
        """Some of the essays, in this order."""
        return ReadEssays(
            tuple(self.texts[row] for row in positions),
            tuple(self.prompts[row] for row in positions),
            self.matrix.rows([self.matrix.essay_ids[row] for row in positions]),
        )


def describe_essays(
    essays: Sequence[Essay], matrix: FeatureMatrix, *, alerts: AlertPhrases | None = None
) -> EssayReference:
    """Learn what ordinary essays are like from those that a model is trained on.

    Learnt limits let one ordinary essay in a hundred through as a false alarm: each training essay is
    compared with the others, never with itself.

    Args:
        essays: the training essays.
        matrix: what was measured of them, in the same order: handcrafted features alone, see
            `handcrafted_part`.
        alerts: phrases after which a person must read an essay; those of the language by default.

    Raises:
        TrainingError: there are fewer than ten essays, or the matrix is of other essays.
        InputError: a text holds no word.
    """
    return describe_read(read_essays(essays, matrix), alerts=alerts)


def read_essays(essays: Sequence[Essay], matrix: FeatureMatrix) -> ReadEssays:
    """Cut essays into words, once for every reference that is learnt from them.

    Raises:
        TrainingError: the matrix is of other essays.
        InputError: a text holds no word.
    """
    if tuple(essay.id for essay in essays) != matrix.essay_ids:
        raise TrainingError(
            f"{len(essays)} essays and a matrix of {len(matrix.essay_ids)} rows are not the same essays in "
            "the same order; take matrix.rows(ids)"
        )
    language, known = matrix.schema.language, dict[str, str]()
    texts = (  # each word once in memory: the documents of 13,000 essays would take a gigabyte
        tuple(known.setdefault(word, word) for word in build_document(essay.text, language=language).lowered)
        for essay in essays
    )
    return ReadEssays(tuple(texts), tuple(essay.prompt for essay in essays), matrix)


def describe_read(read: ReadEssays, *, alerts: AlertPhrases | None = None) -> EssayReference:
    """As `describe_essays`, of essays that were read before.

    Raises:
        TrainingError: there are fewer than ten essays.
    """
    texts, schema = read.texts, read.matrix.schema
    if len(texts) < FEWEST_ESSAYS:
        raise TrainingError(
            f"{len(texts)} essays do not show what is ordinary; give at least {FEWEST_ESSAYS}"
        )
    language = learn_language(texts)
    topics, likeness = learn_topics(texts, read.prompts, language=schema.language)
    ranges, beyond = learn_ranges(read.matrix.values, schema.names)
    return EssayReference(
        n=len(texts),
        code=schema.language,
        limits=_learn_limits(read, language, likeness, beyond),
        language=language,
        topics=topics,
        runs=index_runs(texts),
        ranges=ranges,
        alerts=ALERT_PHRASES.get(schema.language, {}) if alerts is None else alerts,
    )


def _learn_limits(
    read: ReadEssays, language: LanguageProfile, likeness: TopicLikeness, beyond: NDArray[np.float64]
) -> Limits:
    texts = [words for words in read.texts if len(words) >= FEWEST_WORDS] or read.texts
    lengths = [len(words) for words in read.texts]
    everyday = [language.everyday_share(words) for words in texts]
    strange = [language.strange_share(words) for words in texts]
    repeated = [repeated_share(words) for words in texts]
    on_prompts = likeness.to_prompt.size > 0
    return Limits(
        fewest_words=int(_low(lengths, FALSE_ALARMS / 2)),
        most_words=int(_high(lengths, FALSE_ALARMS / 2)),
        everyday=float(np.median(everyday)) / 2,
        strange=max(_STRANGE_FLOOR, _STRANGE_TIMES * _high(strange, 0.05)),
        repeated=min(max(_high(repeated, FALSE_ALARMS), _REPEATED[0]), _REPEATED[1]),
        to_prompt=_low(likeness.to_prompt, FALSE_ALARMS) if on_prompts else -np.inf,
        typical=float(np.median(likeness.to_prompt)) if on_prompts else np.inf,
        half_to_prompt=_low(likeness.half_to_prompt, FALSE_ALARMS / 2) if on_prompts else -np.inf,
        to_all=_low(likeness.to_all, FALSE_ALARMS),
        beyond=_high(beyond, FALSE_ALARMS),
    )


def _low(values: Sequence[float] | NDArray[np.float64], share: float) -> float:
    """The value below which so many lie, rounded outwards to one that was seen."""
    return float(np.quantile(values, share, method="lower"))


def _high(values: Sequence[float] | NDArray[np.float64], share: float) -> float:
    """The value above which so many lie, rounded outwards to one that was seen."""
    return float(np.quantile(values, 1 - share, method="higher"))
