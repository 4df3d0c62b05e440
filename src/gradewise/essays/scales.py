"""Scales: the grades that a teacher may give, in order; or the classes of plain classification, in none."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gradewise.errors import InputError
from gradewise.essays.suggestions import listed, quotable, suggest

if TYPE_CHECKING:
    from gradewise.essays.codes import Codes

__all__ = [
    "CLASSES_LISTED",
    "FEWEST_GRADES",
    "LONGEST_LABEL",
    "MOST_GRADES",
    "SCALES",
    "Scale",
    "class_scale",
    "find_scale",
    "label_fault",
]

FEWEST_GRADES = 2
"""Shortest scale: with one grade there is nothing to learn."""
CLASSES_LISTED = 8
"""Classes that a message names at the most."""


MOST_GRADES = 1000
"""Longest scale that is accepted; a longer one is a typing mistake, or a score rather than a grade."""
LONGEST_LABEL = 200
"""Characters of a label: more of them are a text, from a wrong column."""
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of character that no label has: controls with line breaks and tabs, halves of others, separators."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A list of grades, lowest first, or of classes; a code is a position in it."""

    name: str
    """How a plan and a bundle refer to it."""
    grades: tuple[str, ...]
    """Every grade that may be given, lowest first; at least two, none twice, none empty."""
    ordered: bool = True
    """Whether a later grade is a better one; classes have no order, and stand in that of their names."""

    def __post_init__(self) -> None:
        if not FEWEST_GRADES <= len(self.grades) <= MOST_GRADES:
            raise InputError(
                f"scale {self.name} has {len(self.grades)} grades; "
                f"list {FEWEST_GRADES} to {MOST_GRADES}, lowest first"
            )
        if any(not grade.strip() for grade in self.grades):
            raise InputError(f"scale {self.name} has an empty grade; give every grade a name")
        if faults := [fault for grade in self.grades if (fault := label_fault(grade)) is not None]:
            raise InputError(f"scale {self.name}: {faults[0]}")
        spellings = [grade.strip() for grade in self.grades]
        keys: Sequence[str] | tuple[float, ...] = self.values or spellings
        twice = [grade for grade, key in zip(self.grades, keys, strict=True) if Counter(keys)[key] > 1]
        if twice:
            raise InputError(f"scale {self.name} lists grade {quotable(twice[-1])!r} twice; list each once")

    @property
    def n_grades(self) -> int:
        """How many grades there are."""
        return len(self.grades)

    @property
    def values(self) -> tuple[float, ...] | None:
        """What each grade is worth as a number; ``None`` unless every grade is a number, and for classes."""
        return _numbers(self.grades) if self.ordered else None

    def canonical(self, label: str) -> str:
        """A grade as this scale spells it.

        Forgives surrounding space, case where that leaves one grade, and on numeric scales the
        spelling of the number.

        >>> find_scale("ellipse").canonical(" 3,0 "), find_scale("swedish8").canonical("d+")
        ('3.0', 'D+')

        Raises:
            InputError: the label is not a grade of this scale.
        """
        return self.grades[self.code(label)]

    def code(self, label: str) -> int:
        """The position of a grade, spelled as leniently as `canonical` allows.

        Raises:
            InputError: the label is not a grade of this scale.
        """
        spellings = _spellings(self.grades)
        stripped = label.strip()
        for key in (label, stripped, stripped.casefold()):
            if key in spellings:
                return spellings[key]
        number, values = _number(stripped), self.values
        if number is not None and values is not None and number in values:
            return values.index(number)
        if self.ordered:
            raise InputError(
                f"{quotable(label)!r} is not a grade of scale {self.name} ({listed(self.grades)})"
            )
        named = ", ".join(quotable(grade) for grade in self.grades[:CLASSES_LISTED])
        more = f" and {self.n_grades - CLASSES_LISTED} more" if self.n_grades > CLASSES_LISTED else ""
        raise InputError(
            f"{quotable(label)!r} is not one of the classes ({named}{more}); if it marks texts of no class: "
            f"--out-of-scope LABEL"
        )

    def codes(self, labels: Sequence[str]) -> "Codes":
        """The positions of many grades: shape ``(len(labels),)``."""
        from gradewise.essays.codes import codes_of  # noqa: PLC0415 - lists of grades need no arrays

        return codes_of(self.code(label) for label in labels)


def label_fault(label: str) -> str | None:
    r"""Why a label can name no grade and no class, in words; ``None`` where it can.

    Reports, logs and bundles hold a label on one line.

    >>> label_fault("lost card"), label_fault("lost\ncard")
    (None, "the label 'lost\\ncard' holds a line break or a control character; write it on one line")
    """
    if len(label) > LONGEST_LABEL:
        return f"the label has {len(label):,} characters, more than {LONGEST_LABEL}; is it the right column?"
    if any(unicodedata.category(character) in _UNPRINTABLE for character in label):
        shown = quotable(label)
        return f"the label {shown!r} holds a line break or a control character; write it on one line"
    return None


@lru_cache(maxsize=128)
def _spellings(grades: tuple[str, ...]) -> Mapping[str, int]:
    """Codes by accepted spelling: as listed, and in any case where that leaves one grade."""
    folded = Counter(grade.strip().casefold() for grade in grades)
    spellings = {
        key: code for code, grade in enumerate(grades) if folded[key := grade.strip().casefold()] == 1
    }
    spellings.update({grade.strip(): code for code, grade in enumerate(grades)})
    spellings.update({grade: code for code, grade in enumerate(grades)})
    return spellings


@lru_cache(maxsize=128)
def _numbers(grades: tuple[str, ...]) -> tuple[float, ...] | None:
    numbers = tuple(number for grade in grades if (number := _number(grade.strip())) is not None)
    return numbers if len(numbers) == len(grades) else None


def _number(text: str) -> float | None:
    if re.fullmatch(r"[+-]?[0-9]{1,9}([.,][0-9]{1,9})?", text) is None:
        return None
    return float(text.replace(",", "."))


def _half_steps(low: int, high: int) -> tuple[str, ...]:
    return tuple(f"{half / 2:.1f}" for half in range(2 * low, 2 * high + 1))


SCALES: Mapping[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("swedish6", ("F", "E", "D", "C", "B", "A")),
        Scale("swedish8", ("F", "E", "D", "D+", "C", "C+", "B", "A")),
        Scale("eng5", ("F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A")),
        Scale("eng5_national", tuple("123456789")),
        Scale("cefr", ("A1", "A2", "B1", "B2", "C1", "C2")),
        Scale("ielts", _half_steps(0, 9)),
        Scale("ellipse", _half_steps(1, 5)),
    )
}
"""Scales that are known by name; ``swedish6`` is that of Swedish schools, ``swedish8`` has ``D+`` and ``C+``
besides, ``eng5`` is the Swedish course English 5 in nine steps."""


def find_scale(spec: str | Sequence[str | float]) -> Scale:
    """The scale that a plan asks for.

    Args:
        spec: a name in `SCALES`, a range of integers such as ``"2-12"``, or a list of grades, lowest
            first. Numbers in a list are spelled as Python spells them; quote them to say otherwise.

    >>> find_scale("0-3").grades
    ('0', '1', '2', '3')

    Raises:
        InputError: the name is not known, or the list is not a scale.
    """
    if isinstance(spec, str):
        return _named_scale(spec.strip())
    return Scale("custom", tuple(_grade(item) for item in spec))


def _named_scale(name: str) -> Scale:
    if name.casefold() in SCALES:
        return SCALES[name.casefold()]
    if (found := re.fullmatch(r"(-?[0-9]{1,6})[-–](-?[0-9]{1,6})", name)) is not None:
        return _integer_scale(int(found[1]), int(found[2]))
    raise InputError(
        f"{quotable(name)!r} is not a scale; write one of {', '.join(SCALES)}, a range such as 2-12, "
        f"or a list of grades{suggest(name, SCALES)}"
    )


def _integer_scale(low: int, high: int) -> Scale:
    name = f"{low}-{high}"
    if not 1 <= high - low < MOST_GRADES:
        raise InputError(f"scale {name} has no use; write LOW-HIGH with at most {MOST_GRADES} grades")
    return Scale(name, tuple(str(grade) for grade in range(low, high + 1)))


def _grade(item: object) -> str:
    if isinstance(item, bool) or not isinstance(item, str | int | float):
        raise InputError(f"{item!r} is not a grade; put the grade in quotes, such as 'yes'")
    if isinstance(item, float) and not math.isfinite(item):
        raise InputError(f"{item!r} is not a grade; a grade that is a number must be finite")
    return item.strip() if isinstance(item, str) else str(item)


def class_scale(labels: Iterable[str]) -> Scale:
    """The scale of plain classification: every label that occurs is a class.

    >>> class_scale(["refund", "greeting", "refund"])
    Scale(name='classes', grades=('greeting', 'refund'), ordered=False)

    Raises:
        InputError: there are fewer than two labels, or more than `MOST_GRADES`, or one is no name.
    """
    return Scale("classes", tuple(sorted(set(labels))), ordered=False)
