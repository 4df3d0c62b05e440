"""Capitals, spaces and punctuation marks: habits of the hand that need no language checker."""

import re
from functools import partial
from itertools import compress
from math import inf
from operator import eq, itemgetter

from gradewise.features.documents import Document
from gradewise.features.feature import Feature, Measure, listed, per_100_words
from gradewise.features.schema import FeatureSpec
from gradewise.features.word_lists import BARE_CONTRACTIONS

# Patterns run over what stands between the words, where a letter stands for each word; each can start only
# once in a run of spaces, so that long runs cost no more than short ones.
SPACE_BEFORE_MARK = re.compile(r"a[^\S\n]+[,;:.!?](?!\w)")
# Two spaces after a sentence are a convention, elsewhere a slip.
DOUBLE_SPACE = re.compile(r"(?<=[^\s.!?:…\"”’)])[ \u00a0]{2,}(?=\S)")
MISSING_SPACE = frozenset(",;:!?.")
DASH = re.compile(r"[–—]|(?<=\s)--?(?=\s)")
REPEATED_MARKS = re.compile(r"[!?]{2,}")
QUOTATION_MARK = re.compile(r"[\"“”„«»]")
SYMBOL = re.compile(r"[#$%&*+/<=>@\\^_`{|}~]")
END_MARK = re.compile(r"[.!?…]")
SHORTEST_WORD_BESIDE_STOP = 2
PRONOUN_I = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
ENGLISH = frozenset({"en"})


def marks_and_spaces(document: Document) -> str:
    """What is left of the text when each word is one letter and words parted by one space are skipped."""
    first, *between, last = document.gaps
    return f"{first}{''.join([f'a{gap}a' for gap in between if gap != ' '])}a{last}"


def _rate(pattern: re.Pattern[str]) -> Measure:
    def rate(document: Document) -> float:
        return per_100_words(len(pattern.findall(document.once(marks_and_spaces))), document)

    return rate


def _marks(mark: str) -> Measure:
    return lambda document: per_100_words(document.once(marks_and_spaces).count(mark), document)


def _small_sentence_starts(document: Document) -> float:
    starts = [document.words[first] for first, _ in document.sentence_ranges]
    return 100 * sum(word[0].islower() for word in starts) / len(starts)


def _sentences_without_end(document: Document) -> float:
    gaps = [document.gaps[last] for _, last in document.sentence_ranges]
    return 100 * sum(not END_MARK.search(gap) for gap in gaps) / len(gaps)


def _lone_small_i(document: Document) -> float:
    pronouns = compress(document.words, map(PRONOUN_I.__contains__, document.lowered))
    return per_100_words(sum(word[0] == "i" for word in pronouns), document)


def _all_capitals(document: Document) -> float:
    capitals = compress(document.words, map(str.isupper, document.words))
    return per_100_words(sum(len(word) > 1 for word in capitals), document)


def _capitals_inside_sentences(document: Document) -> float:
    words, lowered = document.words, document.lowered
    starts = {first for first, _ in document.sentence_ranges}
    capitals = compress(range(document.n_words), map(str.isupper, map(itemgetter(0), words)))
    inner = (place for place in capitals if place not in starts and not words[place].isupper())
    return per_100_words(sum(lowered[place] not in PRONOUN_I for place in inner), document)


def _missing_spaces(document: Document) -> float:
    words, gaps = document.words, document.gaps[1:-1]
    joined = compress(range(len(gaps)), map(MISSING_SPACE.__contains__, gaps))
    return per_100_words(sum(_are_letters(words[at], words[at + 1]) for at in joined), document)


def _are_letters(left: str, right: str) -> bool:
    # Not 3.5, 10:30, U.S. or e.g.
    return (
        min(len(left), len(right)) >= SHORTEST_WORD_BESIDE_STOP and left[-1].isalpha() and right[0].isalpha()
    )


def _words_with_apostrophe(document: Document) -> float:
    return per_100_words(sum(n for word, n in document.word_counts.items() if "'" in word), document)


def _bare_contractions(document: Document) -> float:
    return per_100_words(listed(document, BARE_CONTRACTIONS), document)


def _numbers(document: Document) -> float:
    return per_100_words(sum(n for word, n in document.word_counts.items() if word[0].isdigit()), document)


def _doubled_words(document: Document) -> float:
    words, gaps = document.lowered, document.gaps[1:-1]
    doubled = compress(range(len(gaps)), map(eq, words, words[1:]))
    return per_100_words(sum(gaps[at].isspace() and words[at][0].isalpha() for at in doubled), document)


_spec = partial(FeatureSpec, group="mechanics", low=0)
_per_sentence = partial(_spec, unit="sentences per 100 sentences", high=100)
_words_rate = partial(_spec, unit="words per 100 words", high=100)
_marks_rate = partial(_spec, unit="marks per 100 words", high=inf)
_places_rate = partial(_spec, unit="places per 100 words", high=inf)

FEATURES = (
    Feature(
        _per_sentence(
            "lower_case_starts_per_100_sentences", definition="Sentences that start with a small letter."
        ),
        _small_sentence_starts,
    ),
    Feature(
        _per_sentence(
            "unclosed_sentences_per_100_sentences",
            definition="Sentences that end without a full stop, question or exclamation mark.",
        ),
        _sentences_without_end,
    ),
    Feature(
        _words_rate(
            "lower_case_i_per_100_words", definition="The pronoun I, alone or contracted, written small."
        ),
        _lone_small_i,
        languages=ENGLISH,
    ),
    Feature(
        _words_rate("all_capitals_per_100_words", definition="Words of two letters or more all in capitals."),
        _all_capitals,
    ),
    Feature(
        _words_rate(
            "inner_capitals_per_100_words",
            definition="Words with a capital that do not start a sentence; names, titles and slips alike.",
        ),
        _capitals_inside_sentences,
    ),
    Feature(
        _places_rate(
            "missing_spaces_per_100_words", definition="Marks that join two words without a space after them."
        ),
        _missing_spaces,
    ),
    Feature(
        _places_rate(
            "spaces_before_marks_per_100_words", definition="Spaces before a comma, full stop or other mark."
        ),
        _rate(SPACE_BEFORE_MARK),
    ),
    Feature(
        _places_rate(
            "double_spaces_per_100_words", definition="Two or more spaces that do not follow a sentence."
        ),
        _rate(DOUBLE_SPACE),
    ),
    Feature(_marks_rate("commas_per_100_words", definition="Commas."), _marks(",")),
    Feature(_marks_rate("semicolons_per_100_words", definition="Semicolons."), _marks(";")),
    Feature(_marks_rate("colons_per_100_words", definition="Colons."), _marks(":")),
    Feature(
        _marks_rate(
            "dashes_per_100_words", definition="Dashes; hyphens only where spaces stand around them."
        ),
        _rate(DASH),
    ),
    Feature(
        _marks_rate("quotation_marks_per_100_words", definition="Double quotation marks of any shape."),
        _rate(QUOTATION_MARK),
    ),
    Feature(_marks_rate("question_marks_per_100_words", definition="Question marks."), _marks("?")),
    Feature(_marks_rate("exclamation_marks_per_100_words", definition="Exclamation marks."), _marks("!")),
    Feature(
        _places_rate(
            "repeated_marks_per_100_words", definition="Runs of several question or exclamation marks."
        ),
        _rate(REPEATED_MARKS),
    ),
    Feature(_marks_rate("parentheses_per_100_words", definition="Opening parentheses."), _marks("(")),
    Feature(
        _marks_rate(
            "symbols_per_100_words",
            definition="Signs that are neither letters nor punctuation, such as & or %.",
        ),
        _rate(SYMBOL),
    ),
    Feature(
        _words_rate("apostrophe_words_per_100_words", definition="Words with an apostrophe inside."),
        _words_with_apostrophe,
    ),
    Feature(
        _words_rate(
            "bare_contractions_per_100_words",
            definition="Contractions that lack their apostrophe, such as dont.",
        ),
        _bare_contractions,
        languages=ENGLISH,
    ),
    Feature(_words_rate("numbers_per_100_words", definition="Words that begin with a digit."), _numbers),
    Feature(
        _words_rate("doubled_words_per_100_words", definition="Words that repeat the word just before them."),
        _doubled_words,
    ),
)
