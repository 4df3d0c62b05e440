"""Figures about classes in words: what each metric means, and how texts and classes are spoken of."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Interval
from gradewise.reporting.wording import ABSENT, GLOSSARY, THIN, MetricWords, decimal, metric_words

DIGITS = 3
"""Decimals of figures about classes: intervals of thousands of texts are about a hundredth wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is labelled, and with what."""

    item: str
    """One of what is labelled."""
    label: str
    """What it is given."""
    labels: str
    """Several of them."""
    closing: str
    """What a report ends with."""


ESSAYS = Terms(
    item="essay",
    label="grade",
    labels="grades",
    closing="A model’s grade is a suggestion; the teacher decides.",
)
TEXTS = Terms(
    item="text",
    label="class",
    labels="classes",
    closing="A model’s class is a suggestion; where much depends on it, a person decides.",
)


def terms_of(scale: Scale) -> Terms:
    """How one speaks of what is labelled on a scale."""
    return ESSAYS if scale.ordered else TEXTS


CLASS_GLOSSARY: Mapping[str, MetricWords] = {
    words.name: words
    for words in (
        MetricWords(
            "macro_f1",
            "Mean over classes (macro F1)",
            "How well each class is found without being given too often, every class counting the same "
            "however rare it is. 1 is perfect.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "weighted_f1",
            "Mean over texts (weighted F1)",
            "The same, every class counting as much as it has texts.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "accuracy",
            "Right class (accuracy)",
            "Texts that were given their right class.",
            percent=True,
            better="higher",
        ),
        MetricWords(
            "roc_auc",
            "Ranking (ROC area)",
            "How often a text of a class is held likelier to be of it than a text of another class: 1 is "
            "always, 0.5 is guessing. Of two classes about the second, else the mean over classes.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "pr_auc",
            "Purity (average precision)",
            "How pure a list stays that begins with the texts held likeliest to be of a class, down to its "
            "last one: 1 is perfect. More telling than the ROC area where classes are rare.",
            percent=False,
            better="higher",
        ),
        MetricWords(
            "log_loss",
            "Surprise (log loss)",
            "How surprised the model is by the right class, in nats: 0 is never; being sure and wrong "
            "costs most.",
            percent=False,
            better="lower",
        ),
        MetricWords(
            "brier",
            "Probability error (Brier)",
            "How far the stated probabilities are from what happened, class by class. 0 is perfect.",
            percent=False,
            better="lower",
        ),
        GLOSSARY["ece"],
    )
}
"""Every metric that a report on classes may show."""


def glossary_of(scale: Scale) -> Mapping[str, MetricWords]:
    """Every metric that a report on a scale may show."""
    return GLOSSARY if scale.ordered else CLASS_GLOSSARY


def words_of(name: str, scale: Scale) -> MetricWords:
    """How a metric of a scale is spoken of."""
    return glossary_of(scale).get(name) or metric_words(name)


def precise(value: float, *, percent: bool) -> str:
    """A figure as precisely as thousands of texts tell it: ``0.917``, ``91.7 %``.

    >>> precise(0.9171, percent=False), precise(float("nan"), percent=True)
    ('0.917', '–')
    """
    if not math.isfinite(value):
        return ABSENT
    return f"{decimal(100 * value, digits=1)}{THIN}%" if percent else decimal(value, digits=DIGITS)


def precise_bounds(interval: Interval, *, percent: bool) -> str:
    """The two bounds: ``0.910–0.924``, ``91.0–92.4 %``."""
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return ABSENT
    low, high = (precise(bound, percent=percent) for bound in (interval.low, interval.high))
    return f"{low.removesuffix(f'{THIN}%')}–{high}"


def precisely(interval: Interval, *, percent: bool) -> str:
    """The estimate with its bounds in brackets; no brackets where there are none.

    >>> precisely(Interval(0.9171, 0.9102, 0.924), percent=False)
    '0.917 (0.910–0.924)'
    """
    estimate, around = precise(interval.estimate, percent=percent), precise_bounds(interval, percent=percent)
    return estimate if around == ABSENT else f"{estimate} ({around})"
