"""Where paragraphs and sentences begin and end, in text that may lack capitals and full stops."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gradewise.features.word_lists import ABBREVIATIONS, TITLES

Span = tuple[int, int]
"""First character and one past the last, as indices into the text."""

BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
LINE_BREAK = re.compile(r"\n\s*")
# The run is matched whatever follows, and what follows is looked at in Python: a lookahead here would make
# a long row of dots cost the square of its length.
STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*")
ENDS_SENTENCE = re.compile(r"[.!?:…][\"'”’»)\]]*$")
LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
# How far back the word before a full stop is looked for; longer words are no abbreviations.
REACH = 12
SHORTEST_WORD_BEFORE_JOINED_SENTENCE = 3
WRAPPED_SHARE = 0.5


def paragraph_spans(text: str, word_starts: Sequence[int]) -> tuple[Span, ...]:
    """Find the paragraphs that hold words: blocks between blank lines, or lines where no line is blank.

    A text without blank lines whose lines mostly stop in mid-sentence was wrapped by an editor: it is one
    paragraph.
    """
    first, last = word_starts[0], word_starts[-1]
    breaks = list(BLANK_LINE.finditer(text, first, last)) or _line_breaks(text, first, last)
    starts = [0, *(found.end() for found in breaks)]
    ends = [*(found.start() for found in breaks), len(text)]
    return tuple(_with_words(text, zip(starts, ends, strict=True), word_starts))


def sentence_spans(text: str, paragraphs: Sequence[Span], word_starts: Sequence[int]) -> tuple[Span, ...]:
    """Find the sentences that hold words, none across paragraphs; a rule-based splitter, linear in the text.

    A full stop ends a sentence when a space follows, capital or not, since learners leave capitals out; when
    no space follows, only where a capital after a small letter shows that one was left out. Abbreviations,
    initials, list numbers and dots that trail off in mid-sentence do not.
    """
    pieces = (piece for start, end in paragraphs for piece in _pieces(text, start, end))
    return tuple(_with_words(text, pieces, word_starts))


def ranges_within(spans: Sequence[Span], word_starts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The words that start in each span: first word and one past the last, as indices into the words."""
    return tuple([(bisect_left(word_starts, start), bisect_left(word_starts, end)) for start, end in spans])


def _line_breaks(text: str, first: int, last: int) -> list[re.Match[str]]:
    breaks = list(LINE_BREAK.finditer(text, first, last))
    broken_off = sum(
        not ENDS_SENTENCE.search(text, max(found.start() - REACH, 0), found.start()) for found in breaks
    )
    return [] if broken_off > WRAPPED_SHARE * len(breaks) else breaks


def _with_words(text: str, spans: Iterator[Span], word_starts: Sequence[int]) -> Iterator[Span]:
    for start, end in spans:
        if bisect_left(word_starts, start) < bisect_left(word_starts, end):
            piece = text[start:end]
            yield end - len(piece.lstrip()), start + len(piece.rstrip())


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for stop in STOP.finditer(text, start, end):
        if _ends_sentence(text, begin, stop, end):
            yield begin, stop.end()
            begin = stop.end()
    yield begin, end


def _ends_sentence(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    at, past = stop.span()
    after = text[past : past + 1] if past < end else " "
    if not after.isspace():
        return after.isupper() and _is_small_word(_word_before(text, begin, at))
    if text[at] in "!?":
        return True
    if stop.group().startswith(("..", "…")):
        return not _small_follows(text, past, end)
    before = _word_before(text, begin, at)
    lowered = before.lower()
    if lowered in TITLES:
        return False
    if lowered in ABBREVIATIONS:
        return not _small_follows(text, past, end)
    return not _is_initial_or_number(before, text, begin, at)


def _is_small_word(word: str) -> bool:
    return len(word) >= SHORTEST_WORD_BEFORE_JOINED_SENTENCE and word.islower()


def _is_initial_or_number(before: str, text: str, begin: int, at: int) -> bool:
    """Whether a full stop at `at` belongs to an initial, or to a number or letter that begins a list item."""
    if len(before) == 1 and before.isupper() and before != "I":
        return True
    return before.isdigit() and text[begin:at].strip() == before


def _word_before(text: str, begin: int, position: int) -> str:
    found = LAST_WORD.search(text, max(begin, position - REACH), position)
    return found.group() if found else ""


def _small_follows(text: str, position: int, end: int) -> bool:
    """Whether the next visible character is a small letter."""
    window = text[position : min(position + REACH, end)].lstrip(" \t\n\"'“‘«([")
    return window[:1].islower()
