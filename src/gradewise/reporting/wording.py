"""Figures in words: numbers, intervals, and what each metric means to a teacher."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradewise.evaluation.intervals import Interval

ABSENT = "–"
"""What stands where a figure is not defined."""
THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class MetricWords:
    """How one metric is spoken of."""

    name: str
    """Its name in code and JSON."""
    label: str
    """Its name for a reader."""
    meaning: str
    """What it says, in a sentence without jargon."""
    percent: bool
    """Whether it is a share, shown in per cent."""
    better: str
    """``higher`` or ``lower``."""


GLOSSARY = {
    words.name: words
    for words in (
        MetricWords(
            "qwk",
            "Agreement (QWK)",
            "Agreement beyond chance, near misses partly forgiven: 1 is perfect, 0 is guessing (quadratic "
            "weighted kappa).",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "accuracy",
            "Same grade",
            "Essays to which model and teacher gave the same grade.",
            percent=True,
            better="higher",
        ),
        MetricWords(
            "adjacent_accuracy",
            "Within one grade",
            "Essays on which model and teacher are at most one step of the scale apart.",
            percent=True,
            better="higher",
        ),
        MetricWords(
            "mae",
            "Average distance",
            "How many steps of the scale model and teacher are apart, on average (mean absolute error).",
            percent=False,
            better="lower",
        ),
        MetricWords(
            "rmse",
            "Distance, large misses weighted",
            "Like the average distance, but a miss of two steps weighs four times a miss of one "
            "(root mean square error).",
            percent=False,
            better="lower",
        ),
        MetricWords(
            "macro_f1",
            "Average over grades (macro F1)",
            "How well each grade is found, every grade counting the same however rare it is.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "spearman",
            "Same order (Spearman)",
            "Whether better essays get higher grades, whatever the grades are. 1 is the same order.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "brier",
            "Probability error (Brier)",
            "How far the stated probabilities are from what happened, grade by grade. 0 is perfect.",
            percent=False,
            better="lower",
        ),
        MetricWords(
            "ece",
            "Confidence error (ECE)",
            "The gap between how sure the model says it is and how often it is right, on average.",
            percent=True,
            better="lower",
        ),
        MetricWords(
            "rps",
            "Probability error along the scale (RPS)",
            "Like the probability error, but probability on a neighbouring grade is forgiven more than on a "
            "far one. 0 is perfect.",
            percent=False,
            better="lower",
        ),
        MetricWords(
            "mean_residual",
            "Average lean",
            "Model grade less teacher grade, on average, in steps: above 0 is too kind, below 0 too strict.",
            percent=False,
            better="lower",
        ),
    )
}
"""Every metric that a report may show."""


def metric_words(name: str) -> MetricWords:
    """How a metric is spoken of; one that has no entry goes by its own name."""
    return GLOSSARY.get(name) or MetricWords(name, name.replace("_", " "), "", percent=False, better="higher")


def decimal(value: float, *, digits: int = 2) -> str:
    """A number with a true minus sign.

    >>> decimal(-0.125), decimal(-0.0001), decimal(float("nan"))
    ('−0.12', '0.00', '–')
    """
    if not math.isfinite(value):
        return ABSENT
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", MINUS)


def signed(value: float, *, digits: int = 2) -> str:
    """A number that always shows its direction.

    >>> signed(0.125), signed(-0.5)
    ('+0.12', '−0.50')
    """
    text = decimal(value, digits=digits)
    return f"+{text}" if math.isfinite(value) and round(value, digits) > 0 else text


def percentage(share: float) -> str:
    """A share in whole per cent."""
    return f"{decimal(100 * share, digits=0)}{THIN}%" if math.isfinite(share) else ABSENT


def bounds(interval: Interval, *, percent: bool) -> str:
    """The two bounds of an interval: ``0.90–0.94``, ``−0.02 to 0.05``, ``90–94 %``."""
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return ABSENT
    factor, digits = (100.0, 0) if percent else (1.0, 2)
    low, high = (decimal(factor * bound, digits=digits) for bound in (interval.low, interval.high))
    joined = f"{low} to {high}" if low.startswith(MINUS) else f"{low}–{high}"
    return f"{joined}{THIN}%" if percent else joined


def figure(interval: Interval, *, percent: bool) -> str:
    """The estimate alone."""
    return percentage(interval.estimate) if percent else decimal(interval.estimate)


def with_bounds(interval: Interval, *, percent: bool) -> str:
    """The estimate with its bounds in brackets; no brackets where there are none."""
    estimate, around = figure(interval, percent=percent), bounds(interval, percent=percent)
    return estimate if around == ABSENT else f"{estimate} ({around})"


def difference_words(interval: Interval, *, digits: int = 3) -> str:
    """A difference with its bounds, all of them signed; no brackets where there are none.

    >>> difference_words(Interval(0.0123, -0.004, 0.03))
    '+0.012 (−0.004 to +0.030)'
    """
    estimate, low, high = (
        signed(value, digits=digits) for value in (interval.estimate, interval.low, interval.high)
    )
    return estimate if ABSENT in {low, high} else f"{estimate} ({low} to {high})"


def duration(seconds: float) -> str:
    """A time that a person can read.

    >>> duration(0.04), duration(12.3), duration(754)
    ('0.04 s', '12.3 s', '12 min 34 s')
    """
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), round(MINUTE))
    return f"{minutes} min {rest} s"


def counted(n: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "essay"), counted(2303, "essay")
    ('1 essay', '2,303 essays')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def lowered(text: str) -> str:
    """The text as it goes on within a sentence.

    >>> lowered("Agreement (QWK)")
    'agreement (QWK)'
    """
    return text[:1].lower() + text[1:]


def enumerated(names: Sequence[str], *, most: int = 6) -> str:
    """Names in a row, the tail of a long row as a number.

    >>> enumerated(["A", "B", "C"]), enumerated(["A", "B", "C"], most=2)
    ('A, B and C', 'A, B and 1 more')
    """
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def shortened(text: str, *, most: int) -> str:
    """A label cut to so many characters, an ellipsis marking the cut; runs of whitespace become one space."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def abridged(name: str, *, most: int) -> str:
    """A name cut in its middle to so many characters: names of classes often differ at their end alone.

    >>> abridged("balance_not_updated_after_transfer", most=17), abridged("lost", most=17)
    ('balance_…transfer', 'lost')
    """
    line = " ".join(name.split())
    if len(line) <= most:
        return line
    tail = (most - 1) // 2
    return f"{line[: most - 1 - tail].rstrip()}…{line[-tail:].lstrip()}"


def steps(score: float, grades: Iterable[str]) -> str:
    """A score in words: where grades are numbers, it must not be taken for one of them.

    >>> steps(3.98, ("1.0", "1.5", "2.0"))
    '3.98 steps above 1.0'
    """
    return f"{decimal(score)} steps above {next(iter(grades))}"
