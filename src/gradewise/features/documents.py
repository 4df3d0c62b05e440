"""The document: a text cut once into words, sentences and paragraphs, for every feature to read."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, compress, repeat
from typing import TypeVar, cast

from gradewise.errors import InputError
from gradewise.features.findings import Finding
from gradewise.features.sentences import Span, paragraph_spans, ranges_within, sentence_spans
from gradewise.features.words import KnownWord, known_word

# Letters and digits of any script, with combining marks; apostrophes and hyphens only between them. One
# group, so that splitting by it gives the words as well as what stands between them.
WORD = re.compile(r"([^\W_]+(?:[\u0300-\u036f]+[^\W_]*|['’‘´\-‐‑][^\W_]+)*)")
View = TypeVar("View")
# Essays of one task share its text; few tasks are at work at one time.
CACHED_PROMPTS = 64
PLAIN = str.maketrans({"’": "'", "‘": "'", "´": "'", "‐": "-", "‑": "-"})


@dataclass(frozen=True, eq=False)
class Document:
    """One text, with what features read from it; each view is computed once, when first asked for.

    Two documents are equal only when they are one and the same object.
    """

    text: str
    """As written; every span is an index into it."""
    language: str
    """ISO 639-1 code."""
    pieces: tuple[str, ...]
    """The text cut before and after each word: what is no word, maybe nothing, and a word in turn; at least
    one word, what is no word first and last."""
    findings: tuple[Finding, ...] | None = None
    """What a language checker found; ``None`` when none was asked."""
    prompt: "Document | None" = None
    """The task as the writer saw it; ``None`` when unknown."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words as written: ``("I", "don't", "know")``."""
        return self.pieces[1::2]

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What stands before, between and after the words: ``n_words + 1`` strings, some empty."""
        return self.pieces[::2]

    @cached_property
    def word_starts(self) -> tuple[int, ...]:
        """Where each word begins, in order."""
        return tuple(accumulate(map(len, self.pieces)))[:-1:2]

    @property
    def word_spans(self) -> tuple[Span, ...]:
        """Where each word stands, in order."""
        return tuple(
            (start, start + len(word)) for start, word in zip(self.word_starts, self.words, strict=True)
        )

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """Words in small letters, composed (NFC), with plain apostrophes and hyphens."""
        small = tuple(map(str.lower, self.words))
        return small if self.text.isascii() else tuple(map(_plain, small))

    @cached_property
    def word_counts(self) -> Counter[str]:
        """How often each lowered word occurs: the different words, in the order in which they come up."""
        return Counter(self.lowered)

    @property
    def n_words(self) -> int:
        """How many words there are; at least 1."""
        return len(self.pieces) // 2

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Where each paragraph stands; at least one, each with a word."""
        return paragraph_spans(self.text, self.word_starts)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Where each sentence stands; at least one, each with a word, none across paragraphs."""
        return sentence_spans(self.text, self.paragraphs, self.word_starts)

    @cached_property
    def paragraph_ranges(self) -> tuple[tuple[int, int], ...]:
        """The words of each paragraph: first and one past the last; together all words."""
        return ranges_within(self.paragraphs, self.word_starts)

    @cached_property
    def sentence_ranges(self) -> tuple[tuple[int, int], ...]:
        """The words of each sentence: first and one past the last; together all words."""
        return ranges_within(self.sentences, self.word_starts)

    @cached_property
    def sentence_words(self) -> tuple[tuple[str, ...], ...]:
        """The lowered words of each sentence; none empty."""
        return tuple([self.lowered[first:last] for first, last in self.sentence_ranges])

    @cached_property
    def word_lengths(self) -> tuple[int, ...]:
        """Letters and digits of each word: ``don't`` has 4."""
        return self.in_order(
            {word: len(word) - word.count("'") - word.count("-") for word in self.word_counts}
        )

    @cached_property
    def known_words(self) -> Mapping[str, KnownWord]:
        """What is known of each different lowered word, in the order of `word_counts`.

        Raises:
            InputError: no word lists for the document's language.
        """
        words = self.word_counts
        return dict(zip(words, map(known_word, words, repeat(self.language)), strict=False))

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        """The dictionary form of each word.

        Raises:
            InputError: no word lists for the document's language.
        """
        return self.in_order({word: known.lemma for word, known in self.known_words.items()})

    @cached_property
    def is_content(self) -> tuple[bool, ...]:
        """Which words carry content: not function words, not numbers.

        Raises:
            InputError: no word lists for the document's language.
        """
        return self.in_order({word: known.is_content for word, known in self.known_words.items()})

    @cached_property
    def content_lemmas(self) -> tuple[str, ...]:
        """The dictionary forms of the content words, in order; may be empty."""
        return tuple(compress(self.lemmas, self.is_content))

    def in_order(self, by_word: Mapping[str, View]) -> tuple[View, ...]:
        """What a table says of each lowered word that is in it, in the order of the words."""
        return tuple(map(by_word.__getitem__, filter(by_word.__contains__, self.lowered)))

    def once(self, view: "Callable[[Document], View]") -> View:
        """What a function makes of this document, made the first time that it is asked for.

        For intermediate results that several features share: ``document.once(sentence_lengths)``.
        """
        if view not in self._views:
            self._views[view] = view(self)
        return cast("View", self._views[view])

    def with_findings(self, findings: tuple[Finding, ...]) -> "Document":
        """The same text with what a checker found, keeping the views that were made of it before.

        Raises:
            InputError: it has findings already, of which views may have been made.
        """
        if self.findings is not None:
            raise InputError("the document has findings already; build it again to check it again")
        checked = replace(self, findings=findings)
        checked.__dict__.update({name: view for name, view in self.__dict__.items() if name != "findings"})
        return checked

    @cached_property
    def _views(self) -> dict[Callable[..., object], object]:
        return {}


def plain(word: str) -> str:
    """A word as dictionaries spell it: small letters, composed (NFC), plain apostrophe and hyphen.

    >>> plain("Don’t")
    "don't"
    """
    return _plain(word.lower())


def build_document(
    text: str,
    *,
    language: str,
    findings: tuple[Finding, ...] | None = None,
    prompt_text: str | None = None,
) -> Document:
    """Cut a text into words; a prompt text without words counts as none.

    Raises:
        InputError: the text has no words.

    >>> build_document("It's late. We go home!", language="en").sentence_words
    (("it's", 'late'), ('we', 'go', 'home'))
    """
    pieces = tuple(WORD.split(text))
    if len(pieces) == 1:
        raise InputError(f"text of {len(text)} characters has no words; leave empty essays out")
    prompt = _prompt(prompt_text, language) if prompt_text else None
    return Document(text, language, pieces, findings, prompt)


@lru_cache(maxsize=CACHED_PROMPTS)
def _prompt(text: str, language: str) -> Document | None:
    pieces = tuple(WORD.split(text))
    return Document(text, language, pieces) if len(pieces) > 1 else None


def _plain(small: str) -> str:
    return small if small.isascii() else unicodedata.normalize("NFC", small.translate(PLAIN))
