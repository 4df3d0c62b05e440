"""Terms: the words, word pairs and character runs that a text learner counts, in any language."""

import re
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from gradewise.essays.texts import normalise

TermKind = Literal["words", "characters", "runs"]
"""What is counted: words with pairs of neighbours, runs of three to five characters, or, only whether they
are there, runs of three to eight characters in small letters."""

RUN_SIZES: Mapping[TermKind, range] = MappingProxyType({"characters": range(3, 6), "runs": range(3, 9)})
"""How many characters the runs of a kind have."""

FEWEST_ESSAYS = 5
"""Training essays that must share a term: rarer ones hardly help, and may be names."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-"})
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain_text(text: str) -> str:
    r"""A text as learners read it: normalised, with plain quotes and hyphens, capitals kept.

    >>> plain_text("It’s\n  “plain”")
    'It\'s "plain"'
    """
    plain = normalise(text)
    return plain if plain.isascii() else _SURROGATES.sub("\ufffd", plain.translate(_PLAIN))


def counted_text(kind: TermKind, text: str) -> str:
    """A text as this kind counts it: plain, for runs in small letters."""
    plain = plain_text(text)
    return plain.lower() if kind == "runs" else plain


def list_terms(kind: TermKind, text: str) -> list[str]:
    """The terms of a text, each as often as it counts.

    Words are runs of letters and digits, and single punctuation marks; two neighbours make a pair.
    Characters run across words, white space being one space. Capitals and punctuation stay, for they are
    among the things that teachers mark. Runs count once, however often they occur.

    >>> list_terms("words", "Yes, yes.")
    ['Yes', ',', 'yes', '.', 'Yes ,', ', yes', 'yes .']
    >>> list_terms("characters", "I am")
    ['I a', ' am', 'I am']
    >>> sorted(list_terms("runs", "Aaaaa"))
    ['aaa', 'aaaa', 'aaaaa']
    """
    counted = counted_text(kind, text)
    if kind == "words":
        tokens = _TOKEN.findall(counted)
        return [*tokens, *map(" ".join, pairwise(tokens))]
    runs = [
        counted[start : start + size] for size in RUN_SIZES[kind] for start in range(len(counted) - size + 1)
    ]
    return runs if kind == "characters" else list(set(runs))
