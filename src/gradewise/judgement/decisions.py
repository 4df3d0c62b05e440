"""A judge says which of two essays is better."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """One decision between two items."""

    first: str
    """The item shown first, or left."""
    second: str
    """The other."""
    first_won: bool
    """Whether the first was found better."""
    judge: str = ""
    """Who decided; empty when not known."""
    confidence: float | None = None
    """How sure the judge was, on the judge's own scale."""
