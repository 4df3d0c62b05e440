"""Texts as texts: when two are the same, what to repair, how many words they have."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ftfy

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PRINTABLE = b"\n" + bytes(range(0x20, 0x7F))
_LETTER = re.compile(r"[^\W_]")
_BETWEEN_LETTERS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+(?:['’‘ʼ\-‐‑][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair."""

    text: str
    """The text, newlines as ``\\n``."""
    repairs: tuple[str, ...]
    """What was done, in order, of `REPAIRS`; empty when nothing."""


# Mojibake before marks and controls: undoing it can bring these to light.
_REPAIRS: Mapping[str, Callable[[str], str]] = {
    "surrogates": lambda text: _SURROGATES.sub("\ufffd", text),
    "mojibake": ftfy.fix_encoding,
    "byte_order_mark": lambda text: text.lstrip("\ufeff"),
    "line_endings": lambda text: _LINE_ENDS.sub("\n", text),
    "control_characters": lambda text: _CONTROLS.sub("", text),
}

REPAIRS = tuple(_REPAIRS)
"""Kinds of repair, in the order in which they are made."""


def normalise(text: str) -> str:
    r"""A text reduced to what makes it the same text, for comparing only.

    Invisible characters go, Unicode is put in form NFKC, and each run of white space is one space.
    Case stays: capitals are among the things that teachers mark.

    >>> normalise("A\u00a0few\r\n words\u200b ")
    'A few words'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def text_sha256(text: str) -> str:
    """SHA-256 of a text as it is, to the last blank: 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of the normalised text: 64 hex digits, equal exactly when `normalise` is.

    Paragraphs do not count here, so never key measurements of a text by it.
    """
    return text_sha256(normalise(text))


def copy_hash(text: str) -> str:
    """SHA-256 of the letters and digits of a text in small letters: 64 hex digits, equal for copies.

    A copy with other capitals, signs or blanks would teach what is judged of the text as well as the text
    itself would. Of a text without letters and digits it is `text_hash`.
    """
    normalised = normalise(text)
    return text_sha256(_BETWEEN_LETTERS.sub("", normalised.casefold()) or normalised)


def repair_text(text: str) -> Repaired:
    r"""A text without the damage that file conversions do, and without blanks at the ends of its lines.

    No reader sees such blanks, and language checkers take them for errors; that they go is no repair to speak
    of. Otherwise a sound text comes back as it was, and so does one that was repaired before.

    >>> repair_text("smÃ¶rgÃ¥s\r\n")
    Repaired(text='smörgås\n', repairs=('mojibake', 'line_endings'))
    """
    if text.isascii() and not text.encode().translate(None, _PRINTABLE):  # nothing but blanks can be amiss
        if " \n" in text or text.endswith(" "):
            text = _without_line_ending_blanks(text)
        return Repaired(text, ())
    return _repaired_at_length(text)


def _repaired_at_length(text: str) -> Repaired:
    found: set[str] = set()
    before = None
    while text != before:  # a control character may hide mojibake, so once is not always enough
        before = text
        for name, repair in _REPAIRS.items():
            repaired = repair(text)
            if repaired != text:
                found.add(name)
            text = repaired
        text = _without_line_ending_blanks(text)
    return Repaired(text, tuple(name for name in _REPAIRS if name in found))


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit, of whatever script, in a text.

    >>> has_words("Nej!"), has_words("… 😀")
    (True, False)
    """
    return _LETTER.search(text) is not None


def _without_line_ending_blanks(text: str) -> str:
    # A pattern that ends in `$` tries each blank of a run anew: minutes of it in a text of blanks.
    return "\n".join(line.rstrip() for line in text.split("\n"))


def count_words(text: str) -> int:
    """Runs of letters and digits; an apostrophe or hyphen inside a word does not end it.

    >>> count_words("Don't re-read it 3.5 times")
    6
    """
    return len(_WORD.findall(unicodedata.normalize("NFC", text)))
