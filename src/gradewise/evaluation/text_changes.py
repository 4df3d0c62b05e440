"""Ways to change a text: each takes a passage and chance, and gives the new text, or none where it cannot.

A change may give back the text as it was (an essay without capitals has none to lose).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, pairwise
from random import Random
from types import MappingProxyType

from gradewise.evaluation.padding_texts import OFF_TOPIC, RARE_WORDS, STOCK_SENTENCES

Span = tuple[int, int]
"""First character and one past the last, as indices into the text."""

NEW_PARAGRAPH = "\n\n"
WORDS_TO_A_RARE_ONE = 20
"""One rare word is put after so many others."""
SENTENCES_TO_A_STOCK_ONE = 3
"""One sentence that says nothing is put after so many others."""

_ROWS = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "sv": ("qwertyuiopå", "asdfghjklöä", "zxcvbnm"),
}
_CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_OPENING = re.compile(r"(?<![^\s(\[–—])(['\"])(?=\S)")
_BLANKS = re.compile(r"[^\S\n]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An essay's text, with where its parts stand."""

    text: str
    """As the model gets it."""
    words: tuple[Span, ...]
    """Where each word stands, in order; at least one."""
    sentences: tuple[Span, ...]
    """Where each sentence stands; at least one."""
    paragraphs: tuple[Span, ...]
    """Where each paragraph stands; at least one."""
    language: str = "en"
    """ISO 639-1 code."""
    task: str | None = None
    """The task as the writer saw it, when known."""

    @property
    def paragraph_break(self) -> str:
        """What stands between two paragraphs of this text."""
        between = [self.text[end:start] for (_, end), (start, _) in pairwise(self.paragraphs)]
        return next((gap for gap in between if gap.isspace()), NEW_PARAGRAPH)


TextChange = Callable[[Passage, Random], str | None]


def repeat_paragraph(passage: Passage, rng: Random) -> str | None:
    """Write a paragraph twice; in a text of one paragraph, a third of its sentences."""
    if len(passage.paragraphs) > 1:
        start, end = rng.choice(passage.paragraphs)
        return _inserted(passage.text, [(end, passage.paragraph_break + passage.text[start:end])])
    n = len(passage.sentences)
    if n == 1:
        return None
    first = rng.randrange(n - max(1, n // 3) + 1)
    start, end = passage.sentences[first][0], passage.sentences[first + max(1, n // 3) - 1][1]
    return _inserted(passage.text, [(end, " " + passage.text[start:end])])


def duplicate(passage: Passage, _rng: Random) -> str:
    """Write the whole text twice."""
    return _joined(passage, passage.text, passage.text)


def append_off_topic(passage: Passage, rng: Random) -> str | None:
    """Put a passage on another topic at the end."""
    texts = OFF_TOPIC.get(passage.language)
    return _joined(passage, passage.text, rng.choice(texts)) if texts else None


def copy_task(passage: Passage, _rng: Random) -> str | None:
    """Put the task itself in front."""
    return _joined(passage, passage.task, passage.text) if (passage.task or "").strip() else None


def insert_rare_words(passage: Passage, rng: Random) -> str | None:
    """Put rare words between the others, one for every twenty."""
    rare = RARE_WORDS.get(passage.language)
    if not rare:
        return None
    count = max(1, len(passage.words) // WORDS_TO_A_RARE_ONE)
    after = sorted(rng.sample(passage.words, count))
    return _inserted(passage.text, [(end, " " + rng.choice(rare)) for _, end in after])


def insert_stock_sentences(passage: Passage, rng: Random) -> str | None:
    """Put a sentence that says nothing after every third sentence, or at the end of a short text."""
    stock = STOCK_SENTENCES.get(passage.language)
    if not stock:
        return None
    after = passage.sentences[SENTENCES_TO_A_STOCK_ONE - 1 :: SENTENCES_TO_A_STOCK_ONE]
    said = cycle(rng.sample(stock, len(stock)))
    places = after or passage.sentences[-1:]
    return _inserted(passage.text, [(end, " " + next(said)) for _, end in places])


def shuffle_sentences(passage: Passage, rng: Random) -> str:
    """Put the sentences in another order; the places of paragraphs stay."""
    return _shuffled(passage.text, passage.sentences, rng)


def shuffle_words(passage: Passage, rng: Random) -> str:
    """Put the words of each sentence in another order; punctuation stays where it is."""
    text = passage.text
    for start, end in passage.sentences:
        text = _shuffled(text, [word for word in passage.words if start <= word[0] < end], rng)
    return text


def hit_neighbouring_keys(passage: Passage, rng: Random, *, share: float) -> str | None:
    """Replace a share of the letters, at least one, by those of neighbouring keys."""
    beside = _KEYS.get(passage.language, _KEYS["en"])
    letters = [place for place, letter in enumerate(passage.text) if letter.lower() in beside]
    if not letters:
        return None
    changed = list(passage.text)
    for place in rng.sample(letters, max(1, round(share * len(letters)))):
        typed = rng.choice(beside[changed[place].lower()])
        changed[place] = typed.upper() if changed[place].isupper() else typed
    return "".join(changed)


def strip_punctuation(passage: Passage, _rng: Random) -> str:
    """Leave out every punctuation mark but those inside words."""
    edges = [0, *(edge for span in passage.words for edge in span), len(passage.text)]
    parts = [passage.text[start:end] for start, end in pairwise(edges)]
    gaps = [_without_marks(gap) for gap in parts[::2]]
    gaps[1:-1] = [gap or " " for gap in gaps[1:-1]]
    parts[::2] = gaps
    return "".join(parts)


def lower_case(passage: Passage, _rng: Random) -> str:
    """Write every letter small."""
    return passage.text.lower()


def delete_last_half(passage: Passage, _rng: Random) -> str | None:
    """Break off after half of the words."""
    n = len(passage.words)
    return passage.text[: passage.words[(n + 1) // 2 - 1][1]] if n > 1 else None


def swap_quotes(passage: Passage, _rng: Random) -> str:
    """Write straight quotation marks and apostrophes as curly ones; where there are curly ones, straight."""
    straight = passage.text.translate(_CURLY)
    if straight != passage.text:
        return straight
    opened = _OPENING.sub(lambda mark: "‘" if mark.group() == "'" else "“", straight)
    return opened.replace("'", "’").replace('"', "”")


def add_trailing_space(passage: Passage, _rng: Random) -> str:
    """Put blanks at the end of every line, and an empty line at the end."""
    return "\n".join(f"{line}  " for line in passage.text.split("\n")) + "\n\n"


def windows_line_ends(passage: Passage, _rng: Random) -> str:
    """End lines with carriage return and line feed."""
    return passage.text.replace("\n", "\r\n")


def swap_composition(passage: Passage, _rng: Random) -> str:
    """Write composed letters as a letter with a mark (NFD); where they are, compose them (NFC)."""
    apart = unicodedata.normalize("NFD", passage.text)
    return apart if apart != passage.text else unicodedata.normalize("NFC", passage.text)


def _joined(passage: Passage, first: str | None, second: str) -> str:
    return (first or "").rstrip() + passage.paragraph_break + second.lstrip()


def _inserted(text: str, insertions: Iterable[tuple[int, str]]) -> str:
    """The text with pieces put in before places, which rise."""
    pieces, done = [], 0
    for place, piece in insertions:
        pieces += [text[done:place], piece]
        done = place
    return "".join([*pieces, text[done:]])


def _shuffled(text: str, spans: Sequence[Span], rng: Random) -> str:
    """The text with what stands in spans, which rise, in another order."""
    pieces = [text[start:end] for start, end in rng.sample(spans, len(spans))]
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    parts[1::2] = pieces
    return "".join(parts)


def _without_marks(gap: str) -> str:
    kept = "".join(letter for letter in gap if not unicodedata.category(letter).startswith("P"))
    return _BLANKS.sub(" ", kept)


def _neighbours(rows: Sequence[str]) -> Mapping[str, str]:
    """For each key, those left and right of it, and below and above on the staggered rows."""
    at = {(row, place): key for row, keys in enumerate(rows) for place, key in enumerate(keys)}
    steps = ((0, -1), (0, 1), (1, -1), (1, 0), (-1, 0), (-1, 1))
    return MappingProxyType({
        key: "".join(at.get((row + down, place + right), "") for down, right in steps)
        for (row, place), key in at.items()
    })  # fmt: skip


_KEYS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    language: _neighbours(rows) for language, rows in _ROWS.items()
})  # fmt: skip

some_slips = partial(hit_neighbouring_keys, share=0.02)
"""Two letters in a hundred: about eight English words in a hundred are hit."""
many_slips = partial(hit_neighbouring_keys, share=0.05)
"""Five letters in a hundred: about one English word in five is hit."""
