"""What ties a text together: connectives, repeated words, pronouns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import compress, pairwise

from gradewise.features.connectives import DEMONSTRATIVES, FUNCTIONS, PERSONS, PRONOUNS
from gradewise.features.documents import Document
from gradewise.features.feature import Feature, listed, mean, per_100_words, share, spread
from gradewise.features.schema import FeatureSpec
from gradewise.features.used_connectives import connectives, functions, opened_by_connective


def sentence_lemmas(document: Document) -> tuple[frozenset[str], ...]:
    """The content lemmas of each sentence; some may be empty."""
    return _lemmas_within(document, document.sentence_ranges)


def adjacent_overlaps(document: Document) -> tuple[float, ...]:
    """The Jaccard overlap of content lemmas of each sentence with the one before it, in ``[0, 1]``."""
    return tuple([jaccard(left, right) for left, right in pairwise(document.once(sentence_lemmas))])


def persons(document: Document) -> Counter[str]:
    """How many pronouns there are of each person; a contraction counts by its first part: "I'm"."""
    person_of = _persons(document.language)
    counts: Counter[str] = Counter()
    for word, n in document.word_counts.items():
        if (stem := word.partition("'")[0]) in person_of:
            counts[person_of[stem]] += n
    return counts


def openings(document: Document) -> tuple[str, ...]:
    """The first word of each sentence."""
    return tuple([words[0] for words in document.sentence_words])


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared members over all members, in ``[0, 1]``; 0 of two empty sets.

    >>> jaccard(frozenset({"school", "rule"}), frozenset({"school", "day", "rule", "bus"}))
    0.5
    """
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if left or right else 0.0


@lru_cache
def _persons(language: str) -> dict[str, str]:
    return {word: person for person, words in PRONOUNS[language].items() for word in words}


def _lemmas_within(document: Document, ranges: Iterable[tuple[int, int]]) -> tuple[frozenset[str], ...]:
    lemmas, is_content = document.lemmas, document.is_content
    return tuple([frozenset(compress(lemmas[first:last], is_content[first:last])) for first, last in ranges])


def _serving(document: Document, function: str) -> float:
    return per_100_words(document.once(functions)[function], document)


def _connectives(document: Document) -> float:
    return per_100_words(document.once(connectives).total(), document)


def _distinct(document: Document) -> float:
    return per_100_words(len(document.once(connectives)), document)


def _functions_served(document: Document) -> float:
    return len(document.once(functions)) / len(FUNCTIONS)


def _opened_by_connective(document: Document) -> float:
    return share(opened_by_connective(document), _sentences(document))


def _overlap(document: Document) -> float:
    return mean(document.once(adjacent_overlaps))


def _overlap_spread(document: Document) -> float:
    return spread(document.once(adjacent_overlaps))


def _unlinked(document: Document) -> float:
    overlaps = document.once(adjacent_overlaps)
    return share((overlap == 0 for overlap in overlaps), len(overlaps))


def _paragraph_overlap(document: Document) -> float:
    paragraphs = _lemmas_within(document, document.paragraph_ranges)
    return mean([jaccard(left, right) for left, right in pairwise(paragraphs)])


def _given(document: Document) -> float:
    known: set[str] = set()
    given = total = 0
    for lemmas in document.once(sentence_lemmas):
        given += len(lemmas & known)
        total += len(lemmas)
        known |= lemmas
    return given / total if total else 0.0


def _opening_variety(document: Document) -> float:
    return len(set(document.once(openings))) / _sentences(document)


def _repeated_openings(document: Document) -> float:
    pairs = list(pairwise(document.once(openings)))
    return share((left == right for left, right in pairs), len(pairs))


def _opened_by_pronoun(document: Document) -> float:
    pronouns: Sequence[str] = [word.partition("'")[0] for word in document.once(openings)]
    return share((word in _persons(document.language) for word in pronouns), len(pronouns))


def _pronouns_of(document: Document, person: str) -> float:
    return per_100_words(document.once(persons)[person], document)


def _pronouns(document: Document) -> float:
    return per_100_words(document.once(persons).total(), document)


def _demonstratives(document: Document) -> float:
    return per_100_words(listed(document, DEMONSTRATIVES[document.language]), document)


def _sentences(document: Document) -> int:
    return len(document.sentences)


_spec = partial(FeatureSpec, group="cohesion", low=0)
_share = partial(_spec, unit="share", high=1)
_rate = partial(_spec, high=100)
_LINKS = "Crossley, Kyle & McNamara (2016), doi:10.3758/s13428-015-0651-7"

_BY_FUNCTION = tuple(
    Feature(
        _rate(
            f"{function}_connectives_per_100_words",
            unit="connectives per 100 words",
            definition=f"Connectives of {function}, from a closed list, per 100 words.",
            source="Halliday & Hasan (1976), Cohesion in English",
        ),
        partial(_serving, function=function),
    )
    for function in FUNCTIONS
)

_BY_PERSON = tuple(
    Feature(
        _rate(
            f"{person}_pronouns_per_100_words",
            unit="pronouns per 100 words",
            definition=f"Pronouns of the {person.replace('_', ' ')} per 100 words.",
        ),
        partial(_pronouns_of, person=person),
    )
    for person in PERSONS
)

FEATURES = (
    *_BY_FUNCTION,
    Feature(
        _rate(
            "connectives_per_100_words",
            unit="connectives per 100 words",
            definition="Connectives of every function per 100 words; each occurrence counts.",
        ),
        _connectives,
    ),
    Feature(
        _rate(
            "distinct_connectives_per_100_words",
            unit="connectives per 100 words",
            definition="Different connectives per 100 words.",
        ),
        _distinct,
    ),
    Feature(
        _share(
            "share_connective_functions",
            definition="Share of the six functions (addition to conclusion) that some connective serves.",
        ),
        _functions_served,
    ),
    Feature(
        _share(
            "share_sentences_opened_by_connective",
            definition="Share of sentences whose first words are a connective.",
        ),
        _opened_by_connective,
    ),
    Feature(
        _share(
            "adjacent_sentence_overlap",
            definition="Mean Jaccard overlap of the content lemmas of sentences that follow each other.",
            source=_LINKS,
        ),
        _overlap,
    ),
    Feature(
        _share(
            "adjacent_sentence_overlap_sd",
            definition="Standard deviation of the overlap of sentences that follow each other.",
        ),
        _overlap_spread,
    ),
    Feature(
        _share(
            "share_unlinked_sentences",
            definition="Share of sentences, after the first, without a content lemma of the one before.",
            source=_LINKS,
        ),
        _unlinked,
    ),
    Feature(
        _share(
            "adjacent_paragraph_overlap",
            definition="Mean Jaccard overlap of the content lemmas of paragraphs that follow each other.",
            source=_LINKS,
        ),
        _paragraph_overlap,
    ),
    Feature(
        _share(
            "share_given_lemmas",
            definition="Of the content lemmas of each sentence, the share that an earlier sentence holds.",
            source=_LINKS,
        ),
        _given,
    ),
    Feature(
        _share("sentence_opening_variety", definition="Different first words of sentences over sentences."),
        _opening_variety,
    ),
    Feature(
        _share(
            "share_repeated_openings",
            definition="Share of sentences, after the first, that open with the same word as the one before.",
        ),
        _repeated_openings,
    ),
    Feature(
        _share(
            "share_sentences_opened_by_pronoun",
            definition="Share of sentences whose first word is a pronoun.",
        ),
        _opened_by_pronoun,
    ),
    *_BY_PERSON,
    Feature(
        _rate(
            "pronouns_per_100_words",
            unit="pronouns per 100 words",
            definition="Personal, possessive and reflexive pronouns per 100 words.",
        ),
        _pronouns,
    ),
    Feature(
        _rate(
            "demonstratives_per_100_words",
            unit="demonstratives per 100 words",
            definition="Demonstratives (this, these, those; denna, detta, dessa) per 100 words.",
        ),
        _demonstratives,
    ),
)
