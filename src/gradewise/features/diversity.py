"""How varied the words are, whatever they are: needs no word lists, so it works in every language."""

from collections import Counter
from collections.abc import Sequence
from math import exp as exponential
from math import inf, lgamma, log, sqrt

from gradewise.features.documents import Document
from gradewise.features.feature import Feature
from gradewise.features.schema import FeatureSpec
from gradewise.features.word_runs import repeated_share, word_numbers

MTLD_THRESHOLD = 0.72
MTLD_SHORTEST_STRETCH = 10
MTLD_CAP = 500.0
HDD_SAMPLE = 42
MATTR_WINDOW = 50


def mtld(words: Sequence[str]) -> float:
    """Mean length of stretches of text that keep a type–token ratio of at least .72; forwards and backwards.

    A stretch has at least 10 words; the last one counts for the part of the way that it went from 1 to .72.
    A text that went no way at all, for it repeats nothing, has no value of its own and gets the cap.

    Returns:
        Words, in ``(0, 500]``.

    Source: McCarthy & Jarvis (2010), doi:10.3758/BRM.42.2.381; the shortest stretch as in the package
    lexical-diversity 0.1.1.

    >>> mtld("the cat saw the dog and the dog saw the cat".split())
    11.0
    """
    return (_one_way_mtld(words) + _one_way_mtld(words[::-1])) / 2


def _one_way_mtld(words: Sequence[str]) -> float:
    stretches, start = 0.0, 0
    types: set[str] = set()
    for position, word in enumerate(words[:-1], start=1):
        length = position - start
        if word not in types:
            types.add(word)
            if length != MTLD_SHORTEST_STRETCH:  # a new word never lets the ratio fall
                continue
        if length >= MTLD_SHORTEST_STRETCH and len(types) < MTLD_THRESHOLD * length:
            stretches, start, types = stretches + 1, position, set()
    rest = len(words) - start
    ratio = len(types | {words[-1]}) / rest
    stretches += min((1 - ratio) / (1 - MTLD_THRESHOLD), 1.0)
    return min(len(words) / stretches, MTLD_CAP) if stretches else MTLD_CAP


def hdd(counts: Counter[str], *, sample: int = HDD_SAMPLE) -> float:
    """Expected type–token ratio of 42 words drawn at random from the text, without replacement.

    A text of fewer words is its own only sample: the value is its type–token ratio.

    Returns:
        A ratio in ``(0, 1]``.

    Source: McCarthy & Jarvis (2007), doi:10.1177/0265532207080767.

    >>> hdd(Counter({"a": 2, "b": 1}), sample=2)  # ab ba aa: 2/3 of draws hold both, 1/3 only one
    0.833...
    """
    total = counts.total()
    drawn = min(sample, total)
    spectrum = Counter(counts.values())
    present = sum(types * (1 - _chance_absent(n, total, drawn)) for n, types in spectrum.items())
    return min(present / drawn, 1.0)


def _chance_absent(n: int, total: int, drawn: int) -> float:
    rest = total - n
    if drawn > rest:
        return 0.0
    # Ways to draw from the rest over ways to draw from all, as logarithms.
    return exponential(
        lgamma(rest + 1) - lgamma(rest - drawn + 1) - lgamma(total + 1) + lgamma(total - drawn + 1)
    )


def mattr(words: Sequence[str], *, window: int = MATTR_WINDOW) -> float:
    """Mean type–token ratio of every window of 50 words; of the whole text when it is shorter.

    Returns:
        A ratio in ``(0, 1]``.

    Source: Covington & McFall (2010), doi:10.1080/09296171003643098.

    >>> mattr("a b a a".split(), window=2)  # ab, ba, aa
    0.833...
    """
    size = min(window, len(words))
    n_windows = len(words) - size + 1
    last: dict[str, int] = {}
    repeated = 0
    for place, word in enumerate(words):
        before = last.get(word, -size)
        if place - before < size:  # in the windows that hold both, the word is no new type
            first = place - size + 1 if place >= size else 0
            repeated += (before + 1 if before < n_windows else n_windows) - first
        last[word] = place
    return (size * n_windows - repeated) / (size * n_windows)


def _mtld(document: Document) -> float:
    return mtld(document.lowered)


def _hdd(document: Document) -> float:
    return hdd(document.word_counts)


def _mattr(document: Document) -> float:
    return mattr(document.lowered)


def _guiraud(document: Document) -> float:
    return len(document.word_counts) / sqrt(document.n_words)


def _herdan(document: Document) -> float:
    return log(len(document.word_counts)) / log(document.n_words) if document.n_words > 1 else 1.0


def _yule(document: Document) -> float:
    total = document.n_words
    return 10_000 * sum(n * (n - 1) for n in document.word_counts.values()) / total**2


def _repeated_bigrams(document: Document) -> float:
    return repeated_share(document.once(word_numbers), size=2)


def _repeated_trigrams(document: Document) -> float:
    return repeated_share(document.once(word_numbers), size=3)


FEATURES = (
    Feature(
        FeatureSpec(
            "mtld_words",
            "words",
            "diversity",
            0,
            MTLD_CAP,
            "Mean length of stretches that keep a type–token ratio of .72, both ways; at most 500.",
            "McCarthy & Jarvis 2010, doi:10.3758/BRM.42.2.381",
        ),
        _mtld,
    ),
    Feature(
        FeatureSpec(
            "hdd_ratio",
            "ratio",
            "diversity",
            0,
            1,
            "Expected type–token ratio of 42 random words (HD-D).",
            "McCarthy & Jarvis 2007, doi:10.1177/0265532207080767",
        ),
        _hdd,
    ),
    Feature(
        FeatureSpec(
            "mattr_50_ratio",
            "ratio",
            "diversity",
            0,
            1,
            "Mean type–token ratio of windows of 50 words.",
            "Covington & McFall 2010, doi:10.1080/09296171003643098",
        ),
        _mattr,
    ),
    Feature(
        FeatureSpec(
            "guiraud_root_ttr",
            "ratio",
            "diversity",
            0,
            inf,
            "Different words over the square root of all words.",
            "Guiraud 1954",
        ),
        _guiraud,
    ),
    Feature(
        FeatureSpec(
            "herdan_c_ratio",
            "ratio",
            "diversity",
            0,
            1,
            "Logarithm of different words over logarithm of all words; 1 for a single word.",
            "Herdan 1960",
        ),
        _herdan,
    ),
    Feature(
        FeatureSpec(
            "yule_k",
            "pairs per 10,000",
            "diversity",
            0,
            10_000,
            "Chance that two random words are the same, times 10,000 (Yule's K).",
            "Yule 1944",
        ),
        _yule,
    ),
    Feature(
        FeatureSpec(
            "share_repeated_bigrams", "share", "diversity", 0, 1, "Share of word pairs that came up before."
        ),
        _repeated_bigrams,
    ),
    Feature(
        FeatureSpec(
            "share_repeated_trigrams",
            "share",
            "diversity",
            0,
            1,
            "Share of word triples that came up before.",
        ),
        _repeated_trigrams,
    ),
)
