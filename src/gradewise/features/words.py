"""What is known of single words, by language: frequency, syllables, dictionary form, role."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from types import MappingProxyType

import pyphen
import simplemma
import wordfreq

from gradewise.errors import InputError
from gradewise.features.word_lists import ENGLISH_FUNCTION_WORDS, SWEDISH_FUNCTION_WORDS

# Enough for the vocabulary of some ten thousand essays; an entry is about 250 bytes.
CACHED_WORDS = 65_536
# Longer strings are keys held down or links; only their beginning is looked up, so that cost stays linear.
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Language:
    """What the word-level features need to know of one language."""

    code: str
    """ISO 639-1."""
    syllable_patterns: str
    """Name of the hyphenation patterns."""
    function_words: frozenset[str]
    """Articles, pronouns, prepositions, conjunctions, auxiliaries, particles: words without content."""


ENGLISH = Language(
    "en",
    "en_US",
    ENGLISH_FUNCTION_WORDS,
)
SWEDISH = Language(
    "sv",
    "sv",
    SWEDISH_FUNCTION_WORDS,
)
LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH, "sv": SWEDISH})
"""Languages with word lists, by code; a new language is one row here."""

supported_languages = frozenset(LANGUAGES)
"""Codes of the languages with word lists."""


@dataclass(frozen=True, slots=True)
class KnownWord:
    """Everything that is known of a word in small letters."""

    zipf: float
    """See `zipf`."""
    syllables: int
    """See `syllables`."""
    lemma: str
    """See `lemma`."""
    is_content: bool
    """See `is_content_word`."""


@lru_cache(maxsize=CACHED_WORDS)
def known_word(word: str, language: str) -> KnownWord:
    """Look a word up once for all that is asked of it.

    Raises:
        InputError: no word lists for the language.
    """
    return KnownWord(
        zipf(word, language),
        syllables(word, language),
        lemma(word, language),
        is_content_word(word, language),
    )


@lru_cache(maxsize=CACHED_WORDS)
def zipf(word: str, language: str) -> float:
    """How common a word is: log10 of its occurrences per billion words, in ``[0, 8]``; 0 when unknown.

    Source: van Heuven et al. (2014), doi:10.1080/17470218.2013.850521; lists of wordfreq
    (Speer 2022, doi:10.5281/zenodo.7199437).

    Raises:
        InputError: no word lists for the language.

    >>> zipf("the", "en") > 7 > zipf("ubiquitous", "en") > 2
    True
    """
    _language(language)
    return float(wordfreq.zipf_frequency(word[:LONGEST_WORD], language))


def syllables(word: str, language: str) -> int:
    """Syllables by hyphenation patterns, at least 1.

    Patterns look for places to break a line, so a vowel alone at either end ("area") is not counted: on
    everyday words they are right about nine times in ten and low otherwise.

    Raises:
        InputError: no word lists for the language.

    >>> syllables("important", "en"), syllables("människor", "sv")
    (3, 3)
    """
    dictionary = _hyphenation(_language(language).syllable_patterns)
    count = len(dictionary.positions(word[:LONGEST_WORD])) + 1
    dictionary.hd.cache.clear()  # it would otherwise keep every word ever seen
    return count


def lemma(word: str, language: str) -> str:
    """The dictionary form of a word in small letters; the word itself when unknown.

    Raises:
        InputError: no word lists for the language.

    >>> lemma("houses", "en"), lemma("husen", "sv")
    ('house', 'hus')
    """
    _language(language)
    return str(simplemma.lemmatize(word[:LONGEST_WORD], language)).lower()


def is_content_word(word: str, language: str) -> bool:
    """Whether a lowered word carries content: not a function word, and has a letter.

    Raises:
        InputError: no word lists for the language.

    >>> is_content_word("house", "en"), is_content_word("the", "en"), is_content_word("1990", "en")
    (True, False, False)
    """
    return word not in _language(language).function_words and any(map(str.isalpha, word))


def resource_versions(language: str) -> dict[str, str]:
    """Versions of the word lists that shape the features of a language; none when it has none."""
    if language not in LANGUAGES:
        return {}
    return {package: version(package) for package in ("pyphen", "simplemma", "wordfreq")}


def _language(code: str) -> Language:
    try:
        return LANGUAGES[code]
    except KeyError:
        raise InputError(
            f"no word lists for language {code!r}; languages with them: {' '.join(LANGUAGES)}"
        ) from None


@cache
def _hyphenation(patterns: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=patterns)
