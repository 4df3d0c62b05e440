"""The explanation of one grade: everything that its renderings show, in one value."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from gradewise.features.findings import CATEGORIES, Finding
from gradewise.reporting.likelier import likelier_sentence
from gradewise.reporting.rounding import add_up
from gradewise.reporting.wording import percentage

SHOWN_FEATURES = 3
"""Features that are shown of a construct; the record holds all of them."""
LEAST_SHOWN = 0.005
"""Effects that would read 0.00 are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyGrades:
    """A run of neighbouring grades that the essay may well deserve."""

    low: str
    """The lowest."""
    high: str
    """The highest; the same as `low` when there is one."""
    probability: float
    """Of all of them together, in ``[0, 1]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePart:
    """What one feature did to the score."""

    name: str
    """The feature, unit included."""
    label: str
    """The same as a teacher would say it."""
    value: float
    """What was measured in this essay."""
    average: float
    """The mean of the training essays."""
    here: str
    """The value as a teacher would say it."""
    usual: str
    """The mean, likewise."""
    effect: float
    """How far it moved the score from the average, in grade steps; above 0 towards better grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstructPart:
    """What one side of writing did to the score."""

    construct: str
    """The side of writing, as a teacher would name it."""
    meaning: str
    """What belongs to it."""
    effect: float
    """The effects of its features together."""
    features: tuple[FeaturePart, ...]
    """Those that had an effect, strongest first; none where they have no names."""

    def strongest(self, *, most: int = SHOWN_FEATURES) -> tuple[FeaturePart, ...]:
        """Its strongest features; those that a teacher would call the same are taken together."""
        alike: dict[str, list[FeaturePart]] = {}
        for feature in self.features:
            alike.setdefault(feature.label, []).append(feature)
        together = [_together(features) for features in alike.values()]
        return tuple(sorted(together, key=lambda feature: -abs(feature.effect))[:most])


def _together(features: list[FeaturePart]) -> FeaturePart:
    first = features[0]
    return FeaturePart(
        name=first.name,
        label=first.label,
        value=first.value,
        average=first.average,
        here=first.here,
        usual=first.usual,
        effect=sum(feature.effect for feature in features),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingTerms:
    """Words, and pairs of neighbours, of this essay that moved its wording most."""

    raising: tuple[str, ...]
    """Those that speak for a better grade, weightiest first."""
    lowering: tuple[str, ...]
    """Those that speak for a lower grade, weightiest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedModel:
    """Which model gave the grade."""

    name: str
    """The model."""
    version: str
    """Which of its versions."""
    digest: str
    """Names its bundle and no other: 64 hex digits."""
    feature_fingerprint: str
    """Of what it measures: 64 hex digits."""
    n_essays: int
    """Graded essays that it learnt from: the average is theirs."""
    scale: str
    """Name of its scale."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why one essay got its grade.

    ``start`` and the effects of `parts` sum to ``score``, to rounding of single precision.
    """

    essay_id: str
    """Which essay."""
    text: str
    """Its text; findings are spans of it. No record holds it."""
    text_sha256: str
    """SHA-256 of the text in UTF-8: 64 hex digits."""
    language: str
    """ISO 639-1 code."""
    n_words: int
    """Words in it."""
    grade: str
    """What the model gave."""
    probabilities: Mapping[str, float]
    """P(grade) for every grade of the scale, lowest first; they sum to 1."""
    likely: LikelyGrades
    """The grades that it may well deserve."""
    score: float
    """The continuous score, in steps from the lowest grade."""
    start: float
    """The score of the average training essay: what effects are counted from."""
    parts: tuple[ConstructPart, ...]
    """What each side of writing did, largest effect first."""
    terms: TellingTerms | None
    """What moved the wording part; ``None`` when the model does not weigh words."""
    findings: tuple[Finding, ...] | None
    """Errors that the checker found, by place; ``None`` when the model does not look for errors."""
    limits: tuple[str, ...]
    """What the model cannot know, a sentence each."""
    model: ExplainedModel
    """Which model."""
    explained_at: datetime
    """When."""

    @property
    def confidence(self) -> float:
        """Probability of the grade that was given."""
        return self.probabilities[self.grade]

    @cached_property
    def shown_effects(self) -> tuple[float, ...]:
        """The effects of `parts` to two decimals, so that what is shown adds up exactly."""
        return add_up([part.effect for part in self.parts], start=self.start, end=self.score)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Findings by category, in the order of `CATEGORIES`; those without are left out."""
        found = Counter(finding.category for finding in self.findings or ())
        return {category: found[category] for category in CATEGORIES if found[category]}


def likely_words(explanation: Explanation) -> str:
    """How sure the grade is: ``likely C to B (84 %)``."""
    likely = explanation.likely
    together = percentage(likely.probability)
    if likely.low == likely.high:
        return f"hardly any other ({together})"
    grades = list(explanation.probabilities)
    if (likely.low, likely.high) == (grades[0], grades[-1]):
        return "though any grade is possible"
    return f"likely {likely.low} to {likely.high} ({together})"


def likelier_words(explanation: Explanation) -> str:
    """Where another grade is more probable than the one given: which, and how that comes; else nothing."""
    return likelier_sentence(explanation.grade, explanation.probabilities)
