"""Terms: the words, word pairs and character runs that a text learner counts, in any language."""

import re
from itertools import pairwise
from typing import Literal

from gradewise.essays.texts import normalise

TermKind = Literal["words", "characters"]
"""What is counted: words with pairs of neighbours, or runs of three to five characters."""

FEWEST_ESSAYS = 5
"""Training essays that must share a term: rarer ones hardly help, and may be names."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-"})
_SURROGATES = re.compile("[\ud800-\udfff]")
_RUNS = (3, 4, 5)


def plain_text(text: str) -> str:
    r"""A text as learners read it: normalised, with plain quotes and hyphens, capitals kept.

    >>> plain_text("It’s\n  “plain”")
    'It\'s "plain"'
    """
    plain = normalise(text)
    return plain if plain.isascii() else _SURROGATES.sub("\ufffd", plain.translate(_PLAIN))


def list_terms(kind: TermKind, text: str) -> list[str]:
    """The terms of a text, each as often as it occurs.

    Words are runs of letters and digits, and single punctuation marks; two neighbours make a pair.
    Characters run across words, white space being one space. Capitals and punctuation stay, for they are
    among the things that teachers mark.

    >>> list_terms("words", "Yes, yes.")
    ['Yes', ',', 'yes', '.', 'Yes ,', ', yes', 'yes .']
    >>> list_terms("characters", "I am")
    ['I a', ' am', 'I am']
    """
    plain = plain_text(text)
    if kind == "words":
        tokens = _TOKEN.findall(plain)
        return tokens + [f"{left} {right}" for left, right in pairwise(tokens)]
    return [plain[start : start + size] for size in _RUNS for start in range(len(plain) - size + 1)]
