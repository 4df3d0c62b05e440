"""How probable each grade is for one essay."""

from collections.abc import Sequence

from gradewise.reporting.explanation import Explanation
from gradewise.reporting.svg import WIDTH, Axis, bar, drawing, every, hint, label, line
from gradewise.reporting.wording import percentage

TOP, BOTTOM, HEIGHT = 30.0, 190.0, 236.0
LEAST_SAID = 0.03
"""Smaller probabilities stand in their hint only."""
ROOM = 40.0
"""A share above a bar needs so much width."""


def _names(grades: Sequence[str], slot: float, given: int) -> list[str]:
    """Grades under their bars, as many as there is room for; that which was given is among them."""
    return [
        label(
            grades[place],
            slot * (place + 0.5),
            BOTTOM + 18,
            most=6,
            class_="label strong" if place == given else "tick",
            anchor="middle",
        )
        for place in _labelled(len(grades), every(len(grades), WIDTH, least=ROOM), given)
    ]


def probability_chart(explanation: Explanation) -> str:
    """A bar a grade, lowest first; the grade that was given stands out, a bracket holds the likely ones."""
    grades = list(explanation.probabilities)
    shares = list(explanation.probabilities.values())
    y = Axis(0, max(shares), BOTTOM, TOP)
    slot = WIDTH / len(grades)
    given = grades.index(explanation.grade)
    return drawing(
        "How probable each grade is",
        "; ".join(f"{grade}: {percentage(share)}" for grade, share in explanation.probabilities.items()),
        HEIGHT,
        *(
            _column(grade, share, slot * place, slot, y, given=place == given)
            for place, (grade, share) in enumerate(explanation.probabilities.items())
        ),
        line(0, BOTTOM, WIDTH, BOTTOM, "zero"),
        *_names(grades, slot, given),
        _bracket(grades, explanation, slot),
    )


def _labelled(n: int, step: int, given: int) -> list[int]:
    """Every so many grades, the one that was given always."""
    return [place for place in range(n) if (place - given) % step == 0]


def _column(grade: str, share: float, left: float, slot: float, y: Axis, *, given: bool) -> str:
    thick = min(slot * 0.7, 46.0)
    middle = left + slot / 2
    said = percentage(share)
    number = (
        label(said, middle, y.at(share) - 7, class_="value halo", anchor="middle")
        if share >= LEAST_SAID and (slot >= ROOM or given)
        else ""
    )
    return (
        bar(
            middle - thick / 2,
            y.at(share),
            thick,
            BOTTOM - y.at(share),
            "model" if given else "teacher",
            hint(f"{grade}: {said}"),
        )
        + number
    )


def _bracket(grades: Sequence[str], explanation: Explanation, slot: float) -> str:
    likely = explanation.likely
    left, right = slot * grades.index(likely.low) + 4, slot * (grades.index(likely.high) + 1) - 4
    y = BOTTOM + 27
    middle = min(max((left + right) / 2, ROOM), WIDTH - ROOM)
    return (
        line(left, y, right, y, "span model-line")
        + line(left, y - 4, left, y + 4, "whisker")
        + line(right, y - 4, right, y + 4, "whisker")
        + label(f"likely, {percentage(likely.probability)}", middle, y + 17, class_="axis", anchor="middle")
    )
