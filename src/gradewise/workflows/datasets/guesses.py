"""What a plan left open, looked for in the data: columns by their usual names, the scale by its labels."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite

from gradewise.errors import InputError
from gradewise.essays.scales import FEWEST_GRADES, MOST_GRADES, Scale, class_scale, find_scale, label_fault
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.plans.data import ColumnsPlan

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "full_text", "essay", "essay_text", "text_content", "content", "answer", "response",
             "uppsats", "elevtext"),
    "label": ("grade", "label", "score", "band", "overall", "overall_score", "domain1_score", "teacher_grade",
              "betyg", "intent", "category", "class"),
    "id": ("id", "essay_id", "text_id", "text_id_kaggle", "record_id"),
    "prompt": ("prompt", "prompt_name", "prompt_id", "essay_set", "topic", "title", "uppgift"),
    "prompt_text": ("prompt_text", "task_text", "question", "assignment"),
    "written_at": ("written_at", "created_at", "timestamp", "date"),
    "writer": ("writer", "writer_id", "student", "student_id", "pupil", "pupil_id", "author", "author_id",
               "elev", "elev_id", "elevid"),
}  # fmt: skip
"""Column names that files in the wild use, likeliest first."""

HELD = {"text": "the essays", "label": "the grades"}
"""What the columns hold of which a wrong one makes a wrong model."""
HELD_OF_CLASSES = {"text": "the texts", "label": "the classes"}
"""The same where texts have classes, or neither."""

NAMED_SCALES = ("swedish6", "swedish8", "cefr")
"""Letter scales that labels alone can tell, the shorter of two that hold them first."""
HALF_BANDS = ("ellipse", "ielts")
"""Scales of half steps, the shorter first."""
MAX_INTEGER_STEPS = 60
"""Longest range of whole numbers that is taken for a scale."""
MOST_STRAYS = 0.1
"""Share of labels that may be off a scale and still be called mistakes."""
FEWEST_FOR_RANGE = 20
"""Essays from which on a prompt's highest label tells its range."""
LABELS_LISTED = 12
"""Labels that a message names at the most."""


def guess_columns(columns: Sequence[str], named: ColumnsPlan) -> ColumnsPlan:
    """Fill in the columns that a plan does not name; what it names stays."""
    by_folded = {column.strip().casefold(): column for column in reversed(columns)}
    taken = {*named.model_dump(exclude={"groups", "traits"}).values(), *named.traits} - {None}
    found: dict[str, str] = {}
    for field, usual in USUAL_NAMES.items():
        if getattr(named, field) is None:
            column = next(
                (by_folded[name] for name in usual if by_folded.get(name) not in {None, *taken}), None
            )
            if column is not None:
                found[field] = column
                taken.add(column)
    return named.model_copy(update=found)


def find_columns(
    source: EssaySource, named: ColumnsPlan, roles: Sequence[str], *, held: Mapping[str, str] = HELD
) -> ColumnsPlan:
    """The columns that a table has: what is named, else what has a usual name.

    Args:
        source: the table.
        named: columns that somebody named.
        roles: what it must have: ``text``, ``label``.
        held: what the columns of these roles hold, in words.

    Raises:
        InputError: a column that it must have is not found, or two may be it.
    """
    present = source.columns()
    try:
        refuse_rivals(present, named, roles, held=held)
    except InputError as error:
        raise InputError(f"{source.location}: {error}") from error
    columns = guess_columns(present, named)
    for role in roles:
        if getattr(columns, role) is None:
            raise InputError(
                f"{source.location}: no column of {held[role].removeprefix('the ')} found among "
                f"{', '.join(map(quotable, present))}; name it: --{role}-column NAME"
            )
    return columns


def refuse_rivals(
    columns: Sequence[str], named: ColumnsPlan, roles: Sequence[str], *, held: Mapping[str, str] = HELD
) -> None:
    """Refuse to guess where two columns have usual names: a school year may well be called ``grade``.

    Raises:
        InputError: the message names both.
    """
    by_folded = {column.strip().casefold(): column for column in reversed(columns)}
    given = {*named.model_dump(exclude={"groups", "traits"}).values(), *named.traits}
    for role in roles:
        usual = (by_folded[name] for name in USUAL_NAMES[role] if name in by_folded)
        rivals = [repr(column) for column in usual if column not in given]
        if getattr(named, role) is None and len(rivals) > 1:
            raise InputError(
                f"columns {' and '.join(rivals)} may all hold {held[role]}; say which one does: "
                f"--{role}-column NAME"
            )


def guess_scale(labels: Sequence[str]) -> Scale:
    """The simplest scale on which every label is a grade.

    A named letter scale; else whole numbers from the lowest seen to the highest; else half bands.

    Args:
        labels: row by row; empty ones are passed over.

    Raises:
        InputError: no known scale holds all labels; the message names the row of one that stands alone.
    """
    seen = sorted({label.strip() for label in labels if label.strip()})
    for name in NAMED_SCALES:
        scale = find_scale(name)
        if seen and all(_fits(scale, label) for label in seen):
            return scale
    numbers = _as_numbers(seen)
    if numbers:
        low, high = min(numbers), max(numbers)
        if all(number.is_integer() for number in numbers) and 1 <= high - low <= MAX_INTEGER_STEPS:
            return find_scale(f"{int(low)}-{int(high)}")
        for name in HALF_BANDS:
            scale = find_scale(name)
            if all(_fits(scale, label) for label in seen):
                return scale
    raise InputError(_stray_label(labels) or _no_scale(seen))


def guess_classes(labels: Sequence[str]) -> Scale:
    """Every label that occurs as a class, in the order of their names.

    Args:
        labels: row by row; empty ones are passed over, and such as can name no class.

    Raises:
        InputError: there are fewer than two, or so many that they can hardly be classes.
    """
    given = {label.strip() for label in labels if label.strip()}
    seen = {label for label in given if label_fault(label) is None}
    if len(seen) < FEWEST_GRADES and given > seen:
        raise InputError(
            f"{label_fault(min(given - seen))}; name the column of the classes: --label-column NAME"
        )
    if FEWEST_GRADES <= len(seen) <= MOST_GRADES:
        return class_scale(seen)
    shown = ", ".join(quotable(label) for label in sorted(seen)[:LABELS_LISTED])
    raise InputError(
        f"{len(seen)} different labels ({shown}{' …' if len(seen) > LABELS_LISTED else ''}) where "
        f"{FEWEST_GRADES} to {MOST_GRADES} classes are expected; name the column that holds the classes: "
        "--label-column NAME"
    )


def nearest_scale(labels: Sequence[str]) -> Scale | None:
    """The scale of nearly all labels, where a few that belong to none keep `guess_scale` from telling one.

    Raises:
        InputError: the others are on no known scale either.

    >>> nearest_scale(["C"] * 19 + ["G"]).name
    'swedish6'
    """
    strays = _strays(labels)
    if strays is None:
        return None
    odd = {label for _, label in strays.odd}
    return guess_scale([label for label in labels if label.strip() not in odd])


@dataclass(frozen=True, slots=True)
class _Strays:
    """A few labels that are not of the kind of all others."""

    kind: str
    """What the others are."""
    odd: Sequence[tuple[int, str]]
    """Row and label of those that are not, at least one."""
    n_given: int
    """Labels in all."""


def _strays(labels: Sequence[str]) -> _Strays | None:
    """The labels that stand alone when nearly all belong together: most likely they are mistakes."""
    tests: dict[str, Callable[[str], bool]] = {
        **{f"a grade of {name}": partial(_fits, find_scale(name)) for name in NAMED_SCALES},
        "a number": lambda label: _as_numbers([label]) is not None,
    }
    given = [(row, label.strip()) for row, label in enumerate(labels, start=1) if label.strip()]
    of_kinds = {
        kind: [(row, label) for row, label in given if not belongs(label)] for kind, belongs in tests.items()
    }
    kind = min(of_kinds, key=lambda each: len(of_kinds[each]))
    odd = of_kinds[kind]
    return _Strays(kind, odd, len(given)) if 0 < len(odd) <= len(given) * MOST_STRAYS else None


def _stray_label(labels: Sequence[str]) -> str | None:
    """What to say of the first label that stands alone."""
    strays = _strays(labels)
    if strays is None:
        return None
    row, label = strays.odd[0]
    return (
        f"row {row}: {quotable(label)!r} is not {strays.kind}, as {strays.n_given - len(strays.odd)} of "
        f"{strays.n_given} labels are; correct it, or name the scale (--scale) and leave such rows out "
        "(--set-aside)"
    )


def _no_scale(seen: Sequence[str]) -> str:
    shown = ", ".join(quotable(label) for label in seen[:LABELS_LISTED])
    return (
        f"cannot tell the scale from the labels ({shown}{' …' if len(seen) > LABELS_LISTED else ''}); "
        "name it: --scale swedish8, or --scale 'low,middle,high' from lowest to highest; for classes without "
        "an order, such as intents: train --task nominal, or init --template text-classification"
    )


def refuse_mixed_ranges(labels: Sequence[str], prompts: Sequence[str]) -> None:
    """Refuse numeric labels whose range plainly differs between prompts.

    Agreement pooled over such prompts mostly says which prompt an essay answers. Prompts with few essays
    say nothing about their range.

    Raises:
        InputError: some prompt's highest label is less than half of another's.
    """
    counts = Counter(prompts)
    highest: dict[str, float] = {}
    for label, prompt in zip(labels, prompts, strict=True):
        if counts[prompt] >= FEWEST_FOR_RANGE:
            number = (_as_numbers([label]) or [0.0])[0]
            highest[prompt] = max(number, highest.get(prompt, number))
    if not highest:
        return
    low, high = min(highest, key=highest.__getitem__), max(highest, key=highest.__getitem__)
    if highest[low] < highest[high] / 2:
        raise InputError(
            f"prompts seem to have different ranges (prompt {quotable(low)!r} goes to {highest[low]:g}, "
            f"{quotable(high)!r} to {highest[high]:g}); train one model for each prompt "
            f"(--prompt {quotable(low)!r}), or name the scale"
        )


def _fits(scale: Scale, label: str) -> bool:
    try:
        scale.code(label)
    except InputError:
        return False
    return True


def _as_numbers(labels: Sequence[str]) -> list[float] | None:
    """The labels as numbers; ``None`` when one is no number, or is none to count with, as ``nan`` is not."""
    try:
        numbers = [float(label.replace(",", ".")) for label in labels]
    except ValueError:
        return None
    return numbers if all(isfinite(number) for number in numbers) else None
