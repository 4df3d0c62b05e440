"""What a search for better settings found, and what it is worth in words."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradewise.evaluation.gains import Gain, figure_of
from gradewise.evaluation.results import ERRORS
from gradewise.models.search import SearchSpace, Trial, Value
from gradewise.reporting.charts.search import said_gain
from gradewise.reporting.parts import Statement
from gradewise.reporting.wording import counted, decimal, enumerated, lowered, metric_words

DIGITS = 4
"""Decimals of figures: what settings change is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningFindings:
    """What a search found, and what it is worth."""

    objective: str
    """Name of the figure that was made best."""
    space: SearchSpace
    """Where it looked."""
    asked: int
    """Configurations that were asked for."""
    trials: tuple[Trial, ...]
    """Every configuration; the first is the plan's own settings."""
    winner: Trial
    """The best of them."""
    claimed: Mapping[str, Gain]
    """Winner against the plan's own settings, out of fold on the folds of the search, by figure."""
    guards: Mapping[str, Gain]
    """The same for parts of the essays that must not pay for it, by the part's name."""
    nested: tuple[tuple[Trial, ...], ...] = ()
    """The search repeated within each fold's training part; none when no check was asked for."""
    confirmed: Mapping[str, Gain] | None = None
    """What searches gain on essays that took no part in them, by figure."""

    @property
    def own(self) -> Trial:
        """The plan's own settings."""
        return self.trials[0]

    @property
    def exhausted(self) -> bool:
        """Whether the space held fewer configurations than were asked for."""
        return len(self.trials) < self.asked

    @property
    def flattery(self) -> float:
        """How much of the gain that the search claims is not there on essays that took no part in it."""
        if self.confirmed is None:
            return math.nan
        return self.claimed[self.objective].gain.estimate - self.confirmed[self.objective].gain.estimate

    @property
    def optimism(self) -> float:
        """The search's own best figure less what nested searches reach: above 0, it flatters."""
        if self.confirmed is None:
            return math.nan
        best = figure_of(self.objective, self.winner.loss or 0.0)
        sign = -1.0 if self.objective in ERRORS else 1.0
        return sign * (best - self.confirmed[self.objective].after)


def tuning_statements(found: TuningFindings) -> tuple[Statement, ...]:
    """The verdict, weightiest first."""
    return tuple(_statements(found))


def _statements(found: TuningFindings) -> Iterator[Statement]:
    yield _worth(found)
    for name, gain in found.guards.items():
        if gain.lost:
            yield Statement(
                "bad", f"Take care: with the selected settings {name} fare worse: {_change(gain)}."
            )
    if found.winner.number != found.own.number:
        yield Statement("info", f"Selected: {changes(found)}.")
    if found.confirmed is not None and found.flattery > 0:
        claimed, confirmed = (said_gain(each[found.objective]) for each in (found.claimed, found.confirmed))
        yield Statement(
            "info",
            f"The search’s own figures flatter: they claim {claimed}, of which "
            f"{decimal(found.flattery, digits=DIGITS + 1)} is not there on essays that took no part in it "
            f"({confirmed}).",
        )
    if found.exhausted:
        yield Statement(
            "info",
            f"The space holds no more than {counted(len(found.trials), 'configuration')}; "
            f"{found.asked} were asked for.",
        )


def _worth(found: TuningFindings) -> Statement:
    name, n = lowered(metric_words(found.objective).label), counted(len(found.trials), "configuration")
    if found.confirmed is None:
        claimed = said_gain(found.claimed[found.objective])
        return Statement(
            "warn",
            f"Best of {n}: {name} better by {claimed} than with the plan’s own settings, on the very essays "
            "that chose it. Nothing says how much of that is luck; set tune.nested_trials.",
        )
    gain = found.confirmed[found.objective]
    where = f"on {counted(gain.n, 'essay')} that took no part in it"
    if gain.shown:
        return Statement("good", f"Tuning pays: {where}, {_change(gain)}.")
    if gain.lost:
        return Statement("bad", f"Tuning does harm: {where}, {_change(gain)}. Keep the plan’s own settings.")
    return Statement(
        "warn",
        f"Inside the noise: {where}, {_change(gain)}. The plan’s own settings are as good as far as these "
        "essays can tell.",
    )


def _change(gain: Gain) -> str:
    name = lowered(metric_words(gain.metric).label)
    digits = DIGITS + (gain.metric == "rps")
    before, after = (decimal(each, digits=digits) for each in (gain.before, gain.after))
    return f"{name} goes from {before} to {after}, a gain of {said_gain(gain)}"


def changes(found: TuningFindings) -> str:
    """What the selected settings change of the plan's own, in words."""
    own, chosen = found.own.settings, found.winner.settings
    changed = [
        f"{short_key(key)} {said_value(value)} (was {said_value(own[key])})"
        for key, value in chosen.items()
        if value != own[key]
    ]
    return enumerated(changed, most=len(changed)) or "the plan’s own settings"


def short_key(key: str) -> str:
    """The last part of a dotted key, in words."""
    return key.rsplit(".", maxsplit=1)[-1].replace("_", " ")


def said_value(value: Value) -> str:
    """A value, with no more digits than a reader needs."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
