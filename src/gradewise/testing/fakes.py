"""Small stand-ins for the outside world that behave like the real thing."""

import os
import re
from collections.abc import Mapping
from types import MappingProxyType

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
        """Find misspellings, a small "i", doubled words and spaces before a stop.

        Raises:
            InputError: the text holds what it was told to fail on.
        """
        self.checked += 1
        if self._ends_process_on is not None and self._ends_process_on in text:
            os._exit(1)
        if self._fails_on is not None and self._fails_on in text:
            raise InputError(f"the language checker failed on a text of {len(text)} characters")
        return tuple(sorted(_findings(text), key=lambda each: (each.start, each.end)))


def _findings(text: str) -> list[Finding]:
    return [
        Finding(
            found.start(),
            found.end(),
            category,
            rule,
            rule.replace("_", " "),
            MISSPELLINGS.get(found.group().lower()),
        )
        for rule, category, pattern in _PATTERNS
        for found in pattern.finditer(text)
    ]
