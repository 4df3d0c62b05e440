"""Made-up explanations of made-up essays, for the tests of renderings."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from gradewise.features.findings import Finding
from gradewise.reporting.explanation import (
    ConstructPart,
    ExplainedModel,
    Explanation,
    FeaturePart,
    LikelyGrades,
    TellingTerms,
)

TEXT = "I recieve alot of letters. i like  them."
FINDINGS = (
    Finding(0, 26, "style", "LongSentences", "This sentence is long."),
    Finding(2, 9, "spelling", "SpellCheck", "Did you mean to spell `recieve` this way?", "receive"),
    Finding(10, 14, "spelling", "OpenCompounds", "Two words.", "a lot"),
    Finding(27, 28, "capitalisation", "SmallI", "A capital.", "I"),
    Finding(33, 35, "punctuation", "Spaces", "Two spaces.", " "),
)
PROBABILITIES = {"F": 0.02, "E": 0.2, "D": 0.45, "C": 0.3, "B": 0.02, "A": 0.01}
EFFECTS = {"wording": -0.3333, "spelling": -0.125, "length": 0.2042, "vocabulary": 0.001}
START = 2.4567


def feature_part(name: str, effect: float, *, label: str | None = None) -> FeaturePart:
    """What one feature did."""
    return FeaturePart(
        name=name,
        label=label or name.replace("_", " "),
        value=3.0,
        average=2.0,
        here="3",
        usual="2",
        effect=effect,
    )


def construct_part(construct: str, effect: float) -> ConstructPart:
    """What one side of writing did, by two features."""
    features = (feature_part(f"much_{construct}", effect * 0.75), feature_part(f"{construct}", effect * 0.25))
    return ConstructPart(
        construct=construct, meaning=f"all about {construct}", effect=effect, features=features
    )


def made_up_explanation(
    text: str = TEXT,
    findings: Sequence[Finding] | None = FINDINGS,
    *,
    effects: Mapping[str, float] = EFFECTS,
    essay_id: str = "essay.txt",
) -> Explanation:
    """A whole explanation of an essay of two sentences."""
    return Explanation(
        essay_id=essay_id,
        text=text,
        text_sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        language="en",
        n_words=8,
        grade="D",
        probabilities=PROBABILITIES,
        likely=LikelyGrades(low="E", high="C", probability=0.95),
        score=START + sum(effects.values()),
        start=START,
        parts=tuple(construct_part(construct, effect) for construct, effect in effects.items()),
        terms=TellingTerms(raising=("letters",), lowering=("alot", "like them")),
        findings=None if findings is None else tuple(findings),
        limits=("Whether it is true.", "Who wrote it."),
        model=ExplainedModel(
            name="english-6",
            version="20260131_120000",
            digest="d" * 64,
            feature_fingerprint="f" * 64,
            n_essays=1455,
            scale="letters",
        ),
        explained_at=datetime(2026, 3, 1, 10, 15, tzinfo=UTC),
    )


def on_long_scale(n_grades: int) -> Explanation:
    """The same on a scale of points, the grade in the middle."""
    shares = [1.0 / (1 + abs(points - n_grades // 2)) for points in range(n_grades)]
    grade = str(n_grades // 2)
    return replace(
        made_up_explanation(),
        grade=grade,
        probabilities={str(points): share / sum(shares) for points, share in enumerate(shares)},
        likely=LikelyGrades(low=grade, high=grade, probability=0.8),
    )
