"""Where the model is too kind or too strict: by prompt and by length."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.results import Graded
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    dot,
    drawing,
    element,
    hint,
    label,
    left_axis,
    length,
    line,
    nice_ticks,
    polyline,
    room_beside,
)
from gradewise.reporting.wording import counted, decimal, signed

MOST_PROMPTS = 15
MOST_POINTS = 2000
MOST_STRETCHES = 12
LEAST_IN_STRETCH = 15
LAYERS = 6
"""Points are dealt onto so many translucent layers: where many lie, it is darker, at a few bytes each."""
LEFT, TOP, BOTTOM = 46.0, 26.0, 300.0
MARGIN = 14.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How the residuals of some essays are spread, in grade steps."""

    name: str
    """Which essays."""
    n: int
    """How many."""
    p10: float
    """One essay in ten lies below."""
    p25: float
    """One in four lies below."""
    mean: float
    """The mean."""
    p75: float
    """One in four lies above."""
    p90: float
    """One in ten lies above."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring values of what residuals are plotted against, and the mean residual there."""

    at: float
    """Mean of the values."""
    n: int
    """Essays."""
    mean: float
    """Mean residual."""
    error: float
    """Its standard error; ``nan`` for a single essay."""


def residuals(graded: Graded) -> Floats:
    """Model's score less teacher's grade, in steps: shape ``(n,)``; above 0 is too kind."""
    return np.asarray(graded.scores - graded.true_codes, dtype=np.float64)


def spread_by_prompt(graded: Graded) -> tuple[Spread, ...]:
    """Residuals of each prompt, largest prompt first; none when prompts are not known."""
    if graded.prompts is None:
        return ()
    rest, names = residuals(graded), np.array(graded.prompts, dtype=object)
    spreads = []
    for name in sorted(set(graded.prompts)):
        own = rest[(names == name) & np.isfinite(rest)]
        if own.size:
            p10, p25, p75, p90 = (float(cut) for cut in np.quantile(own, (0.1, 0.25, 0.75, 0.9)))
            spreads.append(Spread(name, int(own.size), p10, p25, float(own.mean()), p75, p90))
    return tuple(sorted(spreads, key=lambda spread: -spread.n))


def prompt_chart(graded: Graded) -> str:
    """A box a prompt: middle half and middle four fifths of its residuals, and their mean."""
    spreads = spread_by_prompt(graded)
    shown = spreads[:MOST_PROMPTS]
    reach = max([1.0, *(abs(edge) for spread in shown for edge in (spread.p10, spread.p90))])
    ticks = nice_ticks(-reach, reach, about=4)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = 24 + ROW * len(shown)
    hidden = (
        f"; {counted(len(spreads) - len(shown), 'smaller prompt')} not shown" if spreads[len(shown) :] else ""
    )
    return drawing(
        "Too kind or too strict, by prompt",
        f"Model less teacher in grade steps for {counted(len(shown), 'prompt')}{hidden}.",
        bottom + 26,
        label("← too strict", MARGIN, 14, class_="axis"),
        label("too kind →", WIDTH - MARGIN, 14, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, 22, bottom),
        line(axis.at(0), 22, axis.at(0), bottom, "zero"),
        *(_box(spread, axis, 24 + ROW * place) for place, spread in enumerate(shown)),
    )


def _box(spread: Spread, axis: Axis, top: float) -> str:
    y = top + 31
    said = (
        f"{spread.name}: mean {signed(spread.mean)}, middle half {signed(spread.p25)} to {signed(spread.p75)}"
    )
    beside = f"n {spread.n:,}, mean {signed(spread.mean)}"
    room = room_beside(spread.name, beside, room=WIDTH - 2 * MARGIN)
    return (
        line(axis.at(spread.p10), y, axis.at(spread.p90), y, "whisker")
        + bar(axis.at(spread.p25), y - 7, axis.at(spread.p75) - axis.at(spread.p25), 14, "box", hint(said))
        + dot(axis.at(spread.mean), y, 5, "model", hint(said))
        + label(spread.name, MARGIN, top + 18, most=room, class_="label halo")
        + label(beside, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )


def stretches(values: Floats, rest: Floats) -> tuple[Stretch, ...]:
    """Mean residual along sorted values, in stretches of about equally many essays.

    Args:
        values: what residuals are plotted against, finite: shape ``(n,)``.
        rest: the residuals, finite: shape ``(n,)``.
    """
    if values.size == 0:
        return ()
    n_stretches = min(MOST_STRETCHES, max(1, values.size // LEAST_IN_STRETCH))
    order = np.argsort(values, kind="stable")
    return tuple(
        Stretch(
            float(values[part].mean()), int(part.size), float(rest[part].mean()), _standard_error(rest[part])
        )
        for part in np.array_split(order, n_stretches)
    )


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else math.nan


def length_stretches(graded: Graded) -> tuple[Stretch, ...]:
    """Mean residual from short essays to long ones; none when lengths are not known."""
    return stretches(*_length_points(graded))


def _length_points(graded: Graded) -> tuple[Floats, Floats]:
    if graded.word_counts is None:
        return np.empty(0), np.empty(0)
    rest = residuals(graded)
    kept = np.isfinite(rest)
    return graded.word_counts[kept].astype(np.float64), rest[kept]


def length_chart(graded: Graded) -> str:
    """A point an essay, with the mean along length and where that mean may lie."""
    words, rest = _length_points(graded)
    far = float(np.quantile(words, 0.995)) if words.size else 1.0
    x_ticks = nice_ticks(0, far)
    reach = float(np.quantile(np.abs(rest), 0.995)) if rest.size else 1.0
    y_ticks = nice_ticks(-max(1.0, reach), max(1.0, reach))
    x, y = Axis(0, x_ticks[-1], LEFT, WIDTH - MARGIN), Axis(y_ticks[0], y_ticks[-1], BOTTOM, TOP)
    return drawing(
        "Too kind or too strict, by length",
        f"Model less teacher in grade steps for {counted(int(words.size), 'essay')}; the line is the mean.",
        BOTTOM + 44,
        label("↑ too kind", 0, 14, class_="axis"),
        left_axis(y, y_ticks, LEFT, WIDTH - MARGIN),
        bottom_axis(x, x_ticks, TOP, BOTTOM),
        _points(words, rest, x, y),
        line(LEFT, y.at(0), WIDTH - MARGIN, y.at(0), "zero"),
        _mean_line(stretches(words, rest), x, y),
        label("words in the essay", WIDTH - MARGIN, BOTTOM + 37, class_="axis", anchor="end"),
        label("↓ too strict", 0, BOTTOM + 37, class_="axis"),
    )


def _points(words: Floats, rest: Floats, x: Axis, y: Axis) -> str:
    step = max(1, math.ceil(words.size / MOST_POINTS))
    places = [
        f"M{length(x.at(float(across)))} {length(y.at(float(up)))}h0"
        for across, up in zip(words[::step], rest[::step], strict=True)
    ]
    return "".join(
        element("path", d="".join(layer), class_="points")
        for layer in (places[start::LAYERS] for start in range(LAYERS))
        if layer
    )


def _mean_line(along: tuple[Stretch, ...], x: Axis, y: Axis) -> str:
    """The 95 % band is 1.96 standard errors wide on either side."""
    sure = [stretch for stretch in along if math.isfinite(stretch.error)]
    upper = [(x.at(part.at), y.at(part.mean + 1.96 * part.error)) for part in sure]
    lower = [(x.at(part.at), y.at(part.mean - 1.96 * part.error)) for part in sure]
    ring = " ".join(f"{length(across)},{length(up)}" for across, up in (*upper, *reversed(lower)))
    band = element("polygon", points=ring, class_="lean-band") if sure else ""
    means = polyline([(x.at(part.at), y.at(part.mean)) for part in along], "lean")
    dots = "".join(
        dot(
            x.at(part.at),
            y.at(part.mean),
            3.5,
            "lean-dot",
            hint(f"about {decimal(part.at, digits=0)} words: mean {signed(part.mean)}, n {part.n}"),
        )
        for part in along
    )
    return band + means + dots
