"""The document: a text cut once into words, sentences and paragraphs, for every feature to read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import compress
from typing import TypeVar, cast

from gradewise.errors import InputError
from gradewise.features.findings import Finding
from gradewise.features.sentences import Span, paragraph_spans, ranges_within, sentence_spans
from gradewise.features.words import is_content_word, lemma

# Letters and digits of any script, with combining marks; apostrophes and hyphens only between them.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*|['’‘´\-‐‑][^\W_]+)*")
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
    word_spans: tuple[Span, ...]
    """Where each word stands, in order; at least one."""
    findings: tuple[Finding, ...] | None = None
    """What a language checker found; ``None`` when none was asked."""
    prompt: "Document | None" = None
    """The task as the writer saw it; ``None`` when unknown."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words as written: ``("I", "don't", "know")``."""
        return tuple([self.text[start:end] for start, end in self.word_spans])

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """Words in small letters, composed (NFC), with plain apostrophes and hyphens."""
        if self.text.isascii():  # small letters of the whole text stand where the letters stood
            small = self.text.lower()
            return tuple([small[start:end] for start, end in self.word_spans])
        return tuple(map(plain, self.words))

    @property
    def n_words(self) -> int:
        """How many words there are; at least 1."""
        return len(self.word_spans)

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """Where each paragraph stands; at least one, each with a word."""
        return paragraph_spans(self.text, self.word_spans)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Where each sentence stands; at least one, each with a word, none across paragraphs."""
        return sentence_spans(self.text, self.paragraphs, self.word_spans)

    @cached_property
    def paragraph_ranges(self) -> tuple[tuple[int, int], ...]:
        """The words of each paragraph: first and one past the last; together all words."""
        return ranges_within(self.paragraphs, self.word_spans)

    @cached_property
    def sentence_ranges(self) -> tuple[tuple[int, int], ...]:
        """The words of each sentence: first and one past the last; together all words."""
        return ranges_within(self.sentences, self.word_spans)

    @cached_property
    def sentence_words(self) -> tuple[tuple[str, ...], ...]:
        """The lowered words of each sentence; none empty."""
        return tuple(self.lowered[first:last] for first, last in self.sentence_ranges)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What stands before, between and after the words: ``n_words + 1`` strings, some empty."""
        ends = [0, *(end for _, end in self.word_spans)]
        starts = [*(start for start, _ in self.word_spans), len(self.text)]
        return tuple([self.text[left:right] for left, right in zip(ends, starts, strict=True)])

    @cached_property
    def word_lengths(self) -> tuple[int, ...]:
        """Letters and digits of each word: ``don't`` has 4."""
        return self.of_words(lambda word: len(word) - word.count("'") - word.count("-"))

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        """The dictionary form of each word.

        Raises:
            InputError: no word lists for the document's language.
        """
        return self.of_words(lambda word: lemma(word, self.language))

    @cached_property
    def is_content(self) -> tuple[bool, ...]:
        """Which words carry content: not function words, not numbers.

        Raises:
            InputError: no word lists for the document's language.
        """
        return self.of_words(lambda word: is_content_word(word, self.language))

    @cached_property
    def content_lemmas(self) -> tuple[str, ...]:
        """The dictionary forms of the content words, in order; may be empty."""
        return tuple(compress(self.lemmas, self.is_content))

    def of_words(self, known: Callable[[str], View]) -> tuple[View, ...]:
        """What is known of each lowered word, in order; asked once for each different word."""
        answers = {word: known(word) for word in set(self.lowered)}
        return tuple(map(answers.__getitem__, self.lowered))

    def once(self, view: "Callable[[Document], View]") -> View:
        """What a function makes of this document, made the first time that it is asked for.

        For intermediate results that several features share: ``document.once(word_counts)``.
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
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    return unicodedata.normalize("NFC", lowered.translate(PLAIN))


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
    spans = _word_spans(text)
    if not spans:
        raise InputError(f"text of {len(text)} characters has no words; leave empty essays out")
    prompt = _prompt(prompt_text, language) if prompt_text else None
    return Document(text, language, spans, findings, prompt)


@lru_cache(maxsize=CACHED_PROMPTS)
def _prompt(text: str, language: str) -> Document | None:
    spans = _word_spans(text)
    return Document(text, language, spans) if spans else None


def _word_spans(text: str) -> tuple[Span, ...]:
    return tuple(found.span() for found in WORD.finditer(text))
