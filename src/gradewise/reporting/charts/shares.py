"""How grades are spread over parts: training and test, or folds."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.reporting.svg import (
    WIDEST,
    WIDTH,
    Axis,
    bar,
    drawing,
    element,
    every,
    hint,
    label,
    left_axis,
    nice_ticks,
)
from gradewise.reporting.wording import counted, percentage

LEFT, TOP, BOTTOM = 46.0, 34.0, 290.0
ROW, THICK, NAMES, HEAD = 34.0, 22.0, 136.0, 16.0
LIGHTEST = 0.15
COLOURS = ("teacher", "model")


@dataclass(frozen=True, slots=True)
class GradedPart:
    """Essays of one part by grade."""

    name: str
    """The part, for a reader."""
    counts: tuple[int, ...]
    """Essays of each grade, lowest first."""

    @property
    def n(self) -> int:
        """Essays of the part."""
        return sum(self.counts)


def grade_counts_chart(grades: Sequence[str], parts: Sequence[GradedPart]) -> str:
    """A bar a grade for each of one or two parts, lowest grade first."""
    ticks = nice_ticks(0, max([1, *(count for part in parts for count in part.counts)]))
    y, slot = Axis(0, ticks[-1], BOTTOM, TOP), (WIDTH - LEFT) / max(len(grades), 1)
    thick = min(slot * 0.8 / max(len(parts), 1), 40.0)
    return drawing(
        "Essays by grade",
        "; ".join(f"{part.name}: {counted(part.n, 'essay')}" for part in parts),
        BOTTOM + 26,
        *_legend(parts),
        left_axis(y, ticks, LEFT, WIDTH),
        *(
            bar(
                LEFT + slot * (place + 0.5) + thick * (which - len(parts) / 2),
                y.at(count),
                thick,
                BOTTOM - y.at(count),
                COLOURS[which % 2],
                hint(f"{part.name}, {grade}: {count:,}"),
            )
            for which, part in enumerate(parts)
            for place, (grade, count) in enumerate(zip(grades, part.counts, strict=True))
            if count
        ),
        *_grade_labels(grades, slot),
    )


def _legend(parts: Sequence[GradedPart]) -> list[str]:
    """Which part has which colour."""
    return [
        bar(LEFT + 150 * which, 4, 14, 14, COLOURS[which % 2]) + label(part.name, LEFT + 21 + 150 * which, 16)
        for which, part in enumerate(parts)
    ]


def _grade_labels(grades: Sequence[str], slot: float) -> list[str]:
    step = every(len(grades), WIDTH - LEFT, least=34)
    return [
        label(grades[place], LEFT + slot * (place + 0.5), BOTTOM + 18, most=6, class_="tick", anchor="middle")
        for place in range(0, len(grades), step)
    ]


def grade_shares_chart(title: str, grades: Sequence[str], parts: Sequence[GradedPart]) -> str:
    """A row a part, as long as any other, divided by grade: the darker, the higher the grade."""
    return drawing(
        title,
        "; ".join(
            f"{part.name}: "
            + ", ".join(
                f"{grade} {percentage(count / part.n)}"
                for grade, count in zip(grades, part.counts, strict=True)
                if count
            )
            for part in parts
        ),
        HEAD + ROW * len(parts) + 4,
        *(_shares_head(parts[0], grades) if parts else ()),
        *(_row(part, grades, HEAD + ROW * place) for place, part in enumerate(parts)),
    )


def _shares_head(part: GradedPart, grades: Sequence[str]) -> list[str]:
    """The names of grades above the first row, of those that have room there."""
    axis, names, before = Axis(0, max(part.n, 1), NAMES, WIDTH), [], 0
    for grade, count in zip(grades, part.counts, strict=True):
        start, end = axis.at(before), axis.at(before + count)
        if count and end - start >= WIDEST * len(grade):
            names.append(label(grade, (start + end) / 2, HEAD, class_="tick", anchor="middle"))
        before += count
    return names


def _row(part: GradedPart, grades: Sequence[str], top: float) -> str:
    axis, marks, before = Axis(0, max(part.n, 1), NAMES, WIDTH), [], 0
    for place, (grade, count) in enumerate(zip(grades, part.counts, strict=True)):
        if count:
            shade = LIGHTEST + (1 - LIGHTEST) * place / max(len(grades) - 1, 1)
            said = f"{part.name}, {grade}: {count:,} ({percentage(count / part.n)})"
            start, end = axis.at(before), axis.at(before + count)
            marks.append(
                element(
                    "rect", hint(said), x=start, y=top + 6, width=max(end - start - 1, 0.5), height=THICK,
                    class_="model", fill_opacity=f"{shade:.2f}",
                )
            )  # fmt: skip
            before += count
    return label(f"{part.name}, n {part.n:,}", 0, top + 22, most=24) + "".join(marks)
