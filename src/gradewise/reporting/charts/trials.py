"""What a search tried: every trial in order, and what each setting did."""

import math
from collections.abc import Sequence

from gradewise.evaluation.results import ERRORS
from gradewise.evaluation.trials import SearchTrial
from gradewise.evaluation.trials import Setting as Value
from gradewise.reporting.charts.search import Placed, Setting, Tried, search_chart, settings_chart
from gradewise.reporting.class_wording import CLASS_GLOSSARY

_LOGARITHMIC = 20.0  # ratio of the ends from which places go by powers of ten


def better(metric: str, one: float, other: float) -> bool:
    """Whether a score is better than another; what is no number never is."""
    if not math.isfinite(one):
        return False
    if not math.isfinite(other):
        return True
    return one < other if metric in ERRORS else one > other


def best_trial(trials: Sequence[SearchTrial], metric: str) -> SearchTrial | None:
    """The trial with the best score, of several alike the first; ``None`` where none has one."""
    best: SearchTrial | None = None
    for trial in trials:
        if better(metric, trial.score, math.nan if best is None else best.score):
            best = trial
    return best


def trials_chart(trials: Sequence[SearchTrial], metric: str) -> str:
    """A dot for each trial in order, and the best so far as a line; one trial at least has a score."""
    found, best = [], math.nan
    for number, trial in enumerate(trials):
        best = trial.score if better(metric, trial.score, best) else best
        found.append(Tried(number, trial.score, best))
    return search_chart(metric, found, None, words=CLASS_GLOSSARY.get(metric))


def trial_settings_chart(trials: Sequence[SearchTrial], metric: str) -> str:
    """A small picture for each setting that varied: its values across, scores upwards; empty without one."""
    scored = [trial for trial in trials if math.isfinite(trial.score)]
    names = list(dict.fromkeys(name for trial in scored for name in trial.params))
    settings = [_setting(name, [trial for trial in scored if name in trial.params]) for name in names]
    varied = [each for each in settings if len({point.said for point in each.points}) > 1]
    return settings_chart(metric, varied, words=CLASS_GLOSSARY.get(metric)) if varied else ""


def _setting(name: str, trials: Sequence[SearchTrial]) -> Setting:
    values = [trial.params[name] for trial in trials]
    places, low, high = _placed(values)
    return Setting(
        name=name.replace("_", " "),
        low=low,
        high=high,
        points=tuple(
            Placed(at=place, said=said(trial.params[name]), figure=trial.score)
            for place, trial in zip(places, trials, strict=True)
        ),
    )


def said(value: Value) -> str:
    """The value of a setting, as text.

    >>> said(0.012345), said(True), said("l2")
    ('0.0123', 'true', 'l2')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _placed(values: Sequence[Value]) -> tuple[list[float], str, str]:
    """Where each value stands on its axis, 0 to 1, and what stands at the ends."""
    numbers = [
        float(value) for value in values if isinstance(value, int | float) and value not in (True, False)
    ]
    if len(numbers) < len(values):
        names = sorted({said(value) for value in values})
        steps = max(1, len(names) - 1)
        return [names.index(said(value)) / steps for value in values], names[0], names[-1]
    low, high = min(numbers), max(numbers)
    ends = said(low), said(high)
    if low > 0 and high / low > _LOGARITHMIC:
        numbers = [math.log(number) for number in numbers]
        low, high = math.log(low), math.log(high)
    return [(number - low) / ((high - low) or 1.0) for number in numbers], *ends
