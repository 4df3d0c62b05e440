"""Which connectives a text uses.

They are counted as whole words, each occurrence by itself: "thus" is not in "enthusiasm", and a word that is
used five times counts five times.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, compress, count

from gradewise.features.connectives import CONNECTIVES
from gradewise.features.documents import Document

END = ""
"""Stands after the last word of a sentence; no connective holds it."""

Words = tuple[str, ...]
Phrases = Mapping[Words, Sequence[Words]]
"""Connectives by their first two words, the longest first, or by their only one."""


def connectives(document: Document) -> Counter[str]:
    """How often each connective is used, the longest where several begin; none reaches over a sentence."""
    phrases, firsts = _phrases(document.language)
    words = tuple(chain.from_iterable((*sentence, END) for sentence in document.sentence_words))
    counts, free = Counter[str](), 0
    for place in compress(count(), map(firsts.__contains__, words)):
        if place >= free and (phrase := _phrase_at(place, words, phrases)):
            free = place + len(phrase)
            counts[" ".join(phrase)] += 1
    return counts


def functions(document: Document) -> Counter[str]:
    """How often each function of `FUNCTIONS` is served."""
    function_of = _functions(document.language)
    counts: Counter[str] = Counter()
    for phrase, n in document.once(connectives).items():
        counts[function_of[phrase]] += n
    return counts


def opened_by_connective(document: Document) -> Iterator[bool]:
    """Whether each sentence begins with a connective."""
    phrases, _ = _phrases(document.language)
    return (len(_phrase_at(0, words, phrases)) > 0 for words in document.sentence_words)


@lru_cache
def _phrases(language: str) -> tuple[Phrases, frozenset[str]]:
    """The connectives of a language, and the words that they begin with."""
    phrases = [tuple(phrase.split()) for phrase in chain.from_iterable(CONNECTIVES[language].values())]
    by_start: defaultdict[Words, list[Words]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        by_start[phrase[:2]].append(phrase)
    return dict(by_start), frozenset(phrase[0] for phrase in phrases)


def _phrase_at(place: int, words: Words, phrases: Phrases) -> Words:
    """The longest connective that begins at a word, or nothing."""
    of_several = phrases.get(words[place : place + 2], ())
    for phrase in of_several:
        if words[place : place + len(phrase)] == phrase:
            return phrase
    only = words[place : place + 1]
    return only if only in phrases else ()


@lru_cache
def _functions(language: str) -> dict[str, str]:
    return {phrase: function for function, phrases in CONNECTIVES[language].items() for phrase in phrases}
