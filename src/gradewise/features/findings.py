"""What a language checker finds in a text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One suspected language error."""

    start: int
    """First character of the span, as an index into the checked text."""
    end: int
    """One past the last character; ``text[start:end]`` is what was flagged."""
    category: str
    """One of `CATEGORIES`."""
    rule: str
    """The checker's own name of the rule or kind."""
    message: str
    """What is wrong, for a reader."""
    suggestion: str | None = None
    """A likely correction, when the checker offers one."""


CATEGORIES = ("spelling", "grammar", "punctuation", "capitalisation", "word_choice", "style")
"""Error categories, as teachers name them; a checker maps its own kinds onto these."""
