"""A text with what was found in it: pieces to show one after another, and a note for each finding."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradewise.features.findings import Finding
from gradewise.reporting.wording import counted, shortened

CATEGORY_WORDS = {
    "spelling": "spelling",
    "grammar": "grammar",
    "punctuation": "punctuation",
    "capitalisation": "capitals",
    "word_choice": "word choice",
    "style": "style",
}
"""What each category of finding is called."""
LETTERS = {
    "spelling": "S",
    "grammar": "G",
    "punctuation": "P",
    "capitalisation": "C",
    "word_choice": "W",
    "style": "Y",
}
"""The letter that stands for each category beside a mark, so that colour is never needed."""
LONGEST_QUOTE = 60
"""A note quotes at most so many characters."""

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_QUOTED = re.compile(r"`([^`\n]*)`")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text within which the same findings hold."""

    text: str
    """As written; the pieces together are the whole text."""
    findings: tuple[int, ...]
    """Which findings lie over it, the shortest last; empty where nothing was found."""
    ending: tuple[int, ...]
    """Which of these end here: their notes are referred to after it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of one finding."""

    mark: str
    """How text and notes refer to it: its letter and its number, such as ``S3``."""
    category: str
    """One of `gradewise.features.findings.CATEGORIES`."""
    quote: str
    """What was found, shortened."""
    message: str
    """What is wrong with it."""
    correction: str
    """What might stand there instead, in words; empty when nothing is offered."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong, however often."""

    notes: tuple[Note, ...]
    """Where: at least one, all alike but for their marks."""

    @property
    def first(self) -> Note:
        """What is said of all of them."""
        return self.notes[0]


def cut_at_findings(text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    r"""Cut a text where findings begin and end.

    A cut never parts a letter from its accent, the signs that make one emoji, or the two halves of a line
    end: a finding that ends within such a thing is widened to hold it.

    >>> [piece.text for piece in cut_at_findings("I recieve it", [Finding(2, 9, "spelling", "", "")])]
    ['I ', 'recieve', ' it']
    """
    spans = [_widened(text, finding) for finding in findings]
    edges = sorted({0, len(text), *(edge for span in spans for edge in span)})
    return tuple(_pieces(text, spans, edges))


def _pieces(text: str, spans: Sequence[tuple[int, int]], edges: Sequence[int]) -> Iterator[Piece]:
    covering: dict[int, list[int]] = {edge: [] for edge in edges}
    for place, (start, end) in enumerate(spans):
        for edge in edges[bisect_left(edges, start) : bisect_left(edges, end)]:
            covering[edge].append(place)
    for start, end in pairwise(edges):
        over = sorted(covering[start], key=lambda place: (spans[place][0] - spans[place][1], place))
        yield Piece(text[start:end], tuple(over), tuple(sorted(p for p in over if spans[p][1] == end)))


def _widened(text: str, finding: Finding) -> tuple[int, int]:
    start = max(0, min(finding.start, len(text)))
    end = max(start, min(finding.end, len(text)))
    while _tears(text, start):
        start -= 1
    while _tears(text, end):
        end += 1
    return start, end


def _tears(text: str, place: int) -> bool:
    """Whether a cut before this character would part what is seen as one."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    return (
        (before == "\r" and after == "\n")
        or _JOINER in {before, after}
        or unicodedata.category(after).startswith("M")  # accents and variation selectors
        or ord(after) in _SKIN_TONES
    )


def notes(text: str, findings: Sequence[Finding]) -> tuple[Note, ...]:
    """A note for each finding, in their order, numbered from 1."""
    return tuple(_note(text, finding, number) for number, finding in enumerate(findings, start=1))


def remarks(told: Sequence[Note]) -> tuple[Remark, ...]:
    """Notes that say the same of the same taken together, in the order of their first place."""
    alike: dict[tuple[str, ...], list[Note]] = {}
    for note in told:
        alike.setdefault((note.category, note.quote, note.message, note.correction), []).append(note)
    return tuple(Remark(tuple(same)) for same in alike.values())


def _note(text: str, finding: Finding, number: int) -> Note:
    quote, correction = _visible(text[finding.start : finding.end]), _correction(finding.suggestion)
    return Note(
        mark=f"{LETTERS[finding.category]}{number}",
        category=finding.category,
        quote=quote,
        message=_QUOTED.sub(r"“\1”", finding.message),
        # A comma with a space after it looks like a comma: there the message says it.
        correction="" if correction == quote else correction,
    )


def _visible(quote: str) -> str:
    if quote and not quote.strip():
        return "line end" if "\n" in quote else counted(len(quote), "space")
    return shortened(quote, most=LONGEST_QUOTE)


def _correction(suggestion: str | None) -> str:
    if suggestion is None:
        return ""
    if not suggestion.strip():
        return "one space" if suggestion else "leave out"
    return shortened(suggestion, most=LONGEST_QUOTE)
