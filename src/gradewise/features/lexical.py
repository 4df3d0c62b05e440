"""Which words are chosen: how common, how general, how long; needs word lists."""

from bisect import bisect_left
from collections.abc import Mapping
from functools import partial
from itertools import compress
from math import floor, inf

from gradewise.features.documents import Document
from gradewise.features.feature import Feature, Measure, listed, mean, per_100_words, share, spread
from gradewise.features.schema import FeatureSpec
from gradewise.features.word_lists import BOOSTERS, GENERAL_WORDS, HEDGES, NOMINAL_ENDINGS

RARE = 3.0
UNCOMMON = 4.0
SHORTEST_NOMINALISATION = 6
RAREST_PART = 0.1
ZIPF_SOURCE = "van Heuven et al. 2014, doi:10.1080/17470218.2013.850521; wordfreq"


# An unknown word is mostly a misspelled one; counted as rare, it would pass for a rich vocabulary. Numbers
# are common or rare by chance.
def known_zipfs(document: Document) -> tuple[float, ...]:
    """Zipf frequency of each word that is known and no number."""
    known = document.known_words.items()
    return document.in_order(
        {word: each.zipf for word, each in known if each.zipf > 0 and not word.isdigit()}
    )


def rising_zipfs(document: Document) -> tuple[float, ...]:
    """The same, rarest first."""
    return tuple(sorted(document.once(known_zipfs)))


def n_no_numbers(document: Document) -> int:
    """How many words are no numbers."""
    return sum(n for word, n in document.word_counts.items() if not word.isdigit())


def zipf_of_content(document: Document) -> Mapping[str, float]:
    """Zipf frequency of each different content word that is known."""
    known = document.known_words.items()
    return {word: each.zipf for word, each in known if each.is_content and each.zipf > 0}


def distinct_content_zipfs(document: Document) -> tuple[float, ...]:
    """Zipf frequency of each different content word that is known, rarest first."""
    return tuple(sorted(document.once(zipf_of_content).values()))


def _mean_zipf(document: Document) -> float:
    return mean(document.once(known_zipfs))


def _zipf_spread(document: Document) -> float:
    return spread(document.once(known_zipfs))


def _share_below(document: Document, *, limit: float) -> float:
    total = document.once(n_no_numbers)
    return bisect_left(document.once(rising_zipfs), limit) / total if total else 0.0


def _share_unknown(document: Document) -> float:
    total = document.once(n_no_numbers)
    return (total - len(document.once(known_zipfs))) / total if total else 0.0


def _mean_content_zipf(document: Document) -> float:
    return mean(document.in_order(document.once(zipf_of_content)))


def _mean_distinct_content_zipf(document: Document) -> float:
    return mean(document.once(distinct_content_zipfs))


def _rarest_known_zipf(document: Document) -> float:
    known = document.once(distinct_content_zipfs)
    return known[floor(RAREST_PART * len(known))] if known else 0.0


def _share_content(document: Document) -> float:
    return share(document.is_content, document.n_words)


def _mean_content_length(document: Document) -> float:
    return mean(list(compress(document.word_lengths, document.is_content)))


def _content_variety(document: Document) -> float:
    lemmas = document.content_lemmas
    return len(set(lemmas)) / len(lemmas) ** 0.5 if lemmas else 0.0


def _nominalisations(document: Document) -> float:
    endings = NOMINAL_ENDINGS[document.language]
    long = ((word, n) for word, n in document.word_counts.items() if len(word) >= SHORTEST_NOMINALISATION)
    return per_100_words(sum(n for word, n in long if word.endswith(endings)), document)


def _listed(lists: dict[str, frozenset[str]]) -> Measure:
    return lambda document: per_100_words(listed(document, lists[document.language]), document)


_spec = partial(FeatureSpec, group="lexical", low=0)
_zipf = partial(_spec, unit="Zipf", high=8, source=ZIPF_SOURCE)
_share = partial(_spec, unit="share", high=1)
_rate = partial(_spec, unit="words per 100 words", high=100)

FEATURES = (
    Feature(
        _zipf("mean_word_zipf", definition="Mean Zipf frequency of all known words; 0 if none."),
        _mean_zipf,
    ),
    Feature(
        _zipf("word_zipf_sd", definition="Standard deviation of the Zipf frequency of all known words."),
        _zipf_spread,
    ),
    Feature(
        _zipf("mean_content_word_zipf", definition="Mean Zipf frequency of known content words; 0 if none."),
        _mean_content_zipf,
    ),
    Feature(
        _zipf(
            "mean_distinct_content_zipf",
            definition="Mean Zipf frequency of different known content words; 0 if none.",
        ),
        _mean_distinct_content_zipf,
    ),
    Feature(
        _zipf(
            "rarest_tenth_zipf",
            definition="Zipf frequency below which a tenth of the different known content words lie.",
        ),
        _rarest_known_zipf,
    ),
    Feature(
        _share(
            "share_words_zipf_below_3",
            definition="Share of words that are known and rarer than one in a million.",
            source=ZIPF_SOURCE,
        ),
        partial(_share_below, limit=RARE),
    ),
    Feature(
        _share(
            "share_words_zipf_below_4",
            definition="Share of words that are known and rarer than ten in a million.",
            source=ZIPF_SOURCE,
        ),
        partial(_share_below, limit=UNCOMMON),
    ),
    Feature(
        _share("share_unknown_words", definition="Share of words that no list knows.", source=ZIPF_SOURCE),
        _share_unknown,
    ),
    Feature(
        _share(
            "share_content_words",
            definition="Share of words that are no function words: lexical density.",
            source="Ure 1971",
        ),
        _share_content,
    ),
    Feature(
        _spec(
            "mean_content_word_length_characters",
            unit="characters",
            high=inf,
            definition="Mean letters and digits per content word; 0 when there is none.",
        ),
        _mean_content_length,
    ),
    Feature(
        _spec(
            "content_lemma_root_ttr",
            unit="ratio",
            high=inf,
            definition="Different content lemmas over the square root of all of them; 0 when there is none.",
            source="Guiraud 1954",
        ),
        _content_variety,
    ),
    Feature(
        _rate(
            "nominalisations_per_100_words",
            definition="Words of six letters or more that end like nouns made from verbs or adjectives.",
        ),
        _nominalisations,
    ),
    Feature(
        _rate("hedges_per_100_words", definition="Words that qualify a claim, from a closed list."),
        _listed(HEDGES),
    ),
    Feature(
        _rate("boosters_per_100_words", definition="Words that press a claim, from a closed list."),
        _listed(BOOSTERS),
    ),
    Feature(
        _rate(
            "general_words_per_100_words",
            definition="Words that fit everywhere (thing, good, get), from a closed list.",
        ),
        _listed(GENERAL_WORDS),
    ),
)
