"""Signs that a text shows by itself: it repeats itself, copies its task, is a list, or is made of symbols."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from gradewise.features import word_runs
from gradewise.features.documents import Document
from gradewise.features.word_runs import number_words

RUN = 5
"""Words of a run. Shorter ones are stock phrases: 'I think that it is' is said twice by honest writers."""

LONGEST_ITEM = 6
"""Words of the longest line that counts as an item of a list: longer ones are mostly whole sentences."""

Words = Sequence[str]
"""The words of a text in small letters, as `Document.lowered` has them."""

Run = tuple[str, ...]
"""Neighbouring words, `RUN` of them."""

# What teachers and pupils write besides letters, digits and white space.
_PLAIN = re.compile(r"[\w\s.,;:'\"!?()\-–—‐‑‘’“”„«»…%&/$€£@*´`°§+]+")


def runs(words: Words) -> Iterator[Run]:
    """Every run of five words, in order; none in a shorter text."""
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def repeated_share(words: Words) -> float:
    """Share of the runs of five words that stand earlier in the text too, in ``[0, 1]``; 0 below five words.

    One figure for repeated words, sentences and paragraphs alike.

    >>> repeated_share(["we", "all", "like", "our", "school"] * 4)
    0.6875
    """
    return word_runs.repeated_share(number_words(words), size=RUN)


def copied_share(words: Words, task: Words) -> float:
    """Share of the words (at least one) that stand in runs of five which the task has too."""
    asked = frozenset(runs(task))
    copied = np.zeros(len(words), dtype=np.bool_)
    for start, run in enumerate(runs(words)):
        if run in asked:
            copied[start : start + RUN] = True
    return float(copied.mean())


def listed_share(document: Document) -> float:
    """Share of the words on lines of at most six words, in ``[0, 1]``: near 1 in a list.

    A single line is no list, however short.
    """
    breaks = [at for at, gap in enumerate(document.gaps[1:-1], start=1) if "\n" in gap]
    if not breaks:
        return 0.0
    counts = (last - first for first, last in pairwise((0, *breaks, document.n_words)))
    return sum(count for count in counts if count <= LONGEST_ITEM) / document.n_words


def symbol_share(text: str) -> float:
    """Share of the characters beside letters, digits, white space and ordinary marks, in ``[0, 1]``.

    >>> symbol_share("a = {b}")
    0.42857142857142855
    """
    return len(_PLAIN.sub("", text)) / len(text)
