"""What a plan left open, looked for in the data: columns by their usual names, the scale by its labels."""

from collections.abc import Iterable, Sequence

from gradewise.errors import InputError
from gradewise.essays.scales import Scale, find_scale
from gradewise.workflows.plan import ColumnsPlan

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "full_text", "essay", "essay_text", "text_content", "content", "answer", "response"),
    "label": ("grade", "label", "score", "band", "overall", "overall_score", "domain1_score", "teacher_grade",
              "betyg"),
    "id": ("id", "essay_id", "text_id", "text_id_kaggle", "record_id"),
    "prompt": ("prompt", "prompt_name", "prompt_id", "essay_set", "topic", "title"),
    "prompt_text": ("prompt_text", "task_text", "question", "assignment"),
    "written_at": ("written_at", "created_at", "timestamp", "date"),
}  # fmt: skip
"""Column names that files in the wild use, likeliest first."""

NAMED_SCALES = ("swedish8", "cefr")
MAX_INTEGER_STEPS = 60


def guess_columns(columns: Sequence[str], named: ColumnsPlan) -> ColumnsPlan:
    """Fill in the columns that a plan does not name; what it names stays."""
    by_folded = {column.strip().casefold(): column for column in reversed(columns)}
    taken = {named.text, named.label, named.id, named.prompt, named.prompt_text, named.written_at}
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


def guess_scale(labels: Iterable[str]) -> Scale:
    """The simplest scale on which every label is a grade.

    A named letter scale; else whole numbers from the lowest seen to the highest; else half bands.

    Raises:
        InputError: no known scale holds all labels.
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
        if all((2 * number).is_integer() for number in numbers):
            return find_scale("ellipse" if low >= 1 and high <= 5 else "ielts")  # noqa: PLR2004 - ELLIPSE's ends
    shown = ", ".join(seen[:12])
    raise InputError(
        f"cannot tell the scale from the labels ({shown}{' …' if len(seen) > 12 else ''}); "  # noqa: PLR2004
        "name it: --scale swedish8, or --scale 'low,middle,high' from lowest to highest"
    )


def refuse_mixed_ranges(labels: Sequence[str], prompts: Sequence[str]) -> None:
    """Refuse whole-number labels whose range plainly differs between prompts.

    Agreement pooled over such prompts mostly says which prompt an essay answers.

    Raises:
        InputError: some prompt's highest label is less than half of another's.
    """
    highest: dict[str, float] = {}
    for label, prompt in zip(labels, prompts, strict=True):
        number = (_as_numbers([label]) or [0.0])[0]
        highest[prompt] = max(number, highest.get(prompt, number))
    low, high = min(highest, key=highest.__getitem__), max(highest, key=highest.__getitem__)
    if highest[low] < highest[high] / 2:
        raise InputError(
            f"prompts seem to have different ranges (prompt {low!r} goes to {highest[low]:g}, {high!r} to "
            f"{highest[high]:g}); train one model for each prompt (--prompt {low!r}), or name the scale"
        )


def _fits(scale: Scale, label: str) -> bool:
    try:
        scale.code(label)
    except InputError:
        return False
    return True


def _as_numbers(labels: Sequence[str]) -> list[float] | None:
    try:
        return [float(label.replace(",", ".")) for label in labels]
    except ValueError:
        return None
