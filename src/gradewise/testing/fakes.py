"""Small stand-ins for the outside world that behave like the real thing."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.features.findings import Finding

MISSPELLINGS: Mapping[str, str] = MappingProxyType(
    {"alot": "a lot", "becuase": "because", "peple": "people", "recieve": "receive", "teh": "the"}
)
"""Misspelled words with their corrections."""

_PATTERNS = (
    ("misspelling", "spelling", re.compile(rf"\b(?:{'|'.join(MISSPELLINGS)})\b", re.IGNORECASE)),
    ("small_i", "capitalisation", re.compile(r"\bi\b")),
    ("doubled_word", "grammar", re.compile(r"\b(the|a|an|of|to) \1\b", re.IGNORECASE)),
    ("space_before_stop", "punctuation", re.compile(r" +(?=[.,;:!?])")),
)


class FakeLanguageChecker:
    """A `LanguageChecker` of four patterns, quick and the same everywhere; it can be made to fail or die."""

    def __init__(
        self,
        *,
        languages: frozenset[str] = frozenset({"en", "sv"}),
        fails_on: str | None = None,
        ends_process_on: str | None = None,
    ) -> None:
        self.languages = languages
        """ISO 639-1 codes that it says it can check."""
        self.warmed_up = 0
        """How often it was warmed up."""
        self.checked = 0
        """How many texts it has read."""
        self._fails_on = fails_on
        self._ends_process_on = ends_process_on

    @property
    def fingerprint(self) -> str:
        """Its name and revision."""
        return "fake 1"

    def warm_up(self) -> None:
        """Count the call."""
        self.warmed_up += 1

    def check(self, text: str) -> tuple[Finding, ...]:
        """Find misspellings, a small "i", doubled words and spaces before a stop; suggest nothing yet.

        Raises:
            InputError: the text holds what it was told to fail on.
        """
        self.checked += 1
        if self._ends_process_on is not None and self._ends_process_on in text:
            os._exit(1)
        if self._fails_on is not None and self._fails_on in text:
            raise InputError(f"the language checker failed on a text of {len(text)} characters")
        return tuple(sorted(_findings(text), key=lambda each: (each.start, each.end)))

    def with_suggestions(self, findings: Sequence[Finding], text: str) -> tuple[Finding, ...]:
        """Add the right spelling of misspelt words."""
        return tuple(
            replace(each, suggestion=MISSPELLINGS.get(text[each.start : each.end].lower()))
            for each in findings
        )


def _findings(text: str) -> list[Finding]:
    return [
        Finding(
            found.start(),
            found.end(),
            category,
            rule,
            rule.replace("_", " "),
        )
        for rule, category, pattern in _PATTERNS
        for found in pattern.finditer(text)
    ]


class FakeEmbedder:
    """An `Embedder` that adds up a made-up vector for each word: alike texts lie together, on any machine."""

    def __init__(
        self,
        *,
        dimensions: int = 8,
        words_at_once: int = 1_000,
        name: str = "fake",
        fails_on: str | None = None,
    ) -> None:
        self.dimensions = dimensions
        """Length of a vector."""
        self.warmed_up = 0
        """How often it was warmed up."""
        self.embedded = 0
        """How many texts it has embedded."""
        self._name, self._words_at_once, self._fails_on = name, words_at_once, fails_on

    @property
    def fingerprint(self) -> str:
        """Its name, and what shapes its vectors."""
        return f"{self._name} {self.dimensions} {self._words_at_once}"

    def warm_up(self) -> None:
        """Count the call."""
        self.warmed_up += 1

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, zeros for a text without words: shape ``(n, dimensions)``.

        Raises:
            InputError: a text holds what it was told to fail on.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            if self._fails_on is not None and self._fails_on in text:
                raise InputError(f"the embedder fails on a text of {len(text)} characters")
            self.embedded += 1
            vectors[row] = self._vector(text)
        return vectors

    def count_pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """One piece for each so many words, at least one."""
        return np.array(
            [max(-(-len(text.split()) // self._words_at_once), 1) for text in texts], dtype=np.int64
        )

    def _vector(self, text: str) -> NDArray[np.float64]:
        together = np.zeros(self.dimensions)
        for word in text.split():
            digest = hashlib.sha256(f"{self._name} {word}".encode("utf-8", "surrogatepass")).digest()
            together += np.random.default_rng(int.from_bytes(digest[:8], "big")).normal(size=self.dimensions)
        return together / (float(np.linalg.norm(together)) or 1.0)
