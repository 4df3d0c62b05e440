"""Models and runs of the registry in words."""

from gradewise.registry.records import RunSummary
from gradewise.registry.summaries import NameSummary
from gradewise.reporting.wording import ABSENT, decimal, signed


def best_words(runs: RunSummary) -> str:
    """The best figure of some runs, with its name."""
    if runs.metric is None or runs.best is None:
        return ABSENT
    name = runs.metric.replace("_", " ").replace("qwk", "QWK").replace("f1", "F1")
    return f"{name} {decimal(runs.best, digits=3)}"


def trend_words(summary: NameSummary) -> str:
    """The newest figure, and how far it is from the one before: no claim that this means something."""
    if not summary.points:
        return "no figures"
    newest = summary.points[-1].figure
    text = decimal(newest.estimate, digits=3)
    return text if summary.change is None else f"{text} ({signed(summary.change, digits=3)})"
