"""Explain the grade of one essay, so that a teacher can check it against the text."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.texts import count_words, text_sha256
from gradewise.evaluation.likely_grades import likely_grades
from gradewise.features.constructs import (
    MEANINGS,
    construct_of,
    constructs_of,
    has_name,
    sum_by_construct,
)
from gradewise.features.labels import amount, label_of
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.verified import Bundle
from gradewise.models.text.telling_terms import term_effects
from gradewise.models.text.terms import plain_text
from gradewise.protocols.measuring import Embedder, LanguageChecker
from gradewise.reporting.explanation import (
    ConstructPart,
    ExplainedModel,
    Explanation,
    FeaturePart,
    LikelyGrades,
    TellingTerms,
)
from gradewise.workflows.measuring.bundle_needs import measures_relevance, require_same_tools
from gradewise.workflows.measuring.extract import needs_findings
from gradewise.workflows.measuring.text_models import require_same_embedder
from gradewise.workflows.score import Prediction, averages, measure_essay, predictions

MOST_TERMS = 6
"""Words and pairs of words that are named on each side."""
LEAST_TERM_EFFECT = 0.005
"""Words that move the wording by less, in grade steps, are not named."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LIMITS = (
    "Whether what the essay says is true.",
    "Whether the writer wrote it alone, and which sources or aids were used.",
    "How good the ideas are: an argument, a joke or an image is nothing but words to it.",
    "Whom it was written for, under which conditions, and what the writer has learnt since the last essay.",
    "Anything in essays unlike those that it learnt from: another genre, age, length or language.",
)
_NO_TASK = "Whether the essay answers the task: it was not given the task."
_TASK_WORDS = "Whether the essay answers the task: it compares the words of the two, nothing more."


def explain_essay(
    bundle: Bundle,
    essay: Essay,
    checker: LanguageChecker | None,
    *,
    embedder: Embedder | None = None,
    explained_at: datetime,
) -> Explanation:
    """Grade one essay and say why.

    Contributions are those of the bundle's explainer; the start is the score less all of them, so that they
    add up whatever the model is made of.

    Args:
        bundle: the model.
        essay: its text, and the task where the model compares the two.
        checker: what the bundle's features need.
        embedder: the text model that they need, where they do.
        explained_at: the time, with its zone.

    Raises:
        BundleError: the bundle's features were measured by another checker, text model, or version.
        InputError: the text holds no word, or the model needs the task's text and there is none.
    """
    require_same_tools(bundle, checker)
    require_same_embedder(bundle, embedder)
    matrix, document = measure_essay(bundle, essay, checker, embedder=embedder)
    findings = (document.findings if document is not None else None) or ()
    if checker is not None:
        findings = checker.with_suggestions(findings, essay.text)
    prediction = predictions(bundle, (essay,), matrix, n_reasons=0, documents=(document,))[0]
    contributions = bundle.explainer.contributions_many(matrix.values)
    return Explanation(
        essay_id=essay.id,
        text=essay.text,
        text_sha256=text_sha256(essay.text),
        language=bundle.schema.language,
        n_words=count_words(essay.text),
        grade=prediction.grade,
        probabilities=prediction.probabilities,
        likely=_likely(prediction),
        score=prediction.score,
        start=prediction.score - float(contributions.sum()),
        parts=_parts(bundle, matrix, contributions),
        terms=_telling_terms(bundle, essay.text),
        findings=findings if needs_findings(bundle.measured) else None,
        limits=(*_LIMITS, _TASK_WORDS if measures_relevance(bundle) else _NO_TASK),
        model=explained_model(bundle),
        explained_at=explained_at,
    )


def _likely(prediction: Prediction) -> LikelyGrades:
    grades = list(prediction.probabilities)
    shares = np.array(list(prediction.probabilities.values()))
    low, high, probability = likely_grades(shares, grades.index(prediction.grade))
    return LikelyGrades(low=grades[low], high=grades[high], probability=probability)


def _parts(
    bundle: Bundle, matrix: FeatureMatrix, contributions: NDArray[np.float64]
) -> tuple[ConstructPart, ...]:
    names = constructs_of(bundle.schema)
    effects = dict(zip(names, sum_by_construct(contributions, bundle.schema)[0].tolist(), strict=True))
    features = _features(bundle, matrix.values[0], contributions[0])
    parts = (
        ConstructPart(
            construct=name,
            meaning=MEANINGS.get(name, ""),
            effect=effects[name],
            features=tuple(feature for construct, feature in features if construct == name),
        )
        for name in names
    )
    return tuple(sorted(parts, key=lambda part: -abs(part.effect)))


def _features(
    bundle: Bundle, values: NDArray[np.float32], effects: NDArray[np.float64]
) -> list[tuple[str, FeaturePart]]:
    """Construct and part of every feature with a name that had an effect, strongest first."""
    usual = averages(bundle)
    rows = zip(bundle.schema.specs, values.tolist(), effects.tolist(), strict=True)
    return [
        (
            construct_of(spec),
            FeaturePart(
                name=spec.name,
                label=label_of(spec),
                value=value,
                average=usual[spec.name],
                here=amount(spec, value),
                usual=amount(spec, usual[spec.name]),
                effect=effect,
            ),
        )
        for spec, value, effect in sorted(rows, key=lambda row: -abs(row[2]))
        if effect and has_name(spec)
    ]


def _telling_terms(bundle: Bundle, text: str) -> TellingTerms | None:
    """What moved the learner of words; runs of letters would tell a teacher nothing."""
    learner = next((learner for learner in bundle.learners if learner.kind == "words"), None)
    if learner is None:
        return None
    effects = sorted(term_effects(learner, text).items(), key=lambda item: item[1])
    whole = frozenset(_word_terms(text))
    return TellingTerms(
        raising=_apart(t for t, effect in reversed(effects) if effect >= LEAST_TERM_EFFECT and t in whole),
        lowering=_apart(t for t, effect in effects if effect <= -LEAST_TERM_EFFECT and t in whole),
    )


def _word_terms(text: str) -> Iterator[str]:
    """Words, and neighbours with one space between; "you're" is one word here, to the learner it is three."""
    words = list(_WORD.finditer(plain_text(text)))
    yield from (word.group() for word in words)
    yield from (
        f"{left.group()} {right.group()}"
        for left, right in pairwise(words)
        if left.end() + 1 == right.start() and right.string[left.end()] == " "
    )


def _apart(terms: Iterable[str]) -> tuple[str, ...]:
    """The first few terms that share no word: "would" is not named again after "I would"."""
    chosen: list[str] = []
    seen: set[str] = set()
    for term in terms:
        words = {word.lower() for word in term.split(" ")}
        if len(chosen) < MOST_TERMS and seen.isdisjoint(words):
            chosen.append(term)
            seen |= words
    return tuple(chosen)


def explained_model(bundle: Bundle) -> ExplainedModel:
    """Which model it is that is explained."""
    metadata = bundle.metadata
    return ExplainedModel(
        name=metadata.name,
        version=metadata.version,
        digest=bundle.digest,
        feature_fingerprint=bundle.schema.fingerprint,
        n_essays=metadata.data.n,
        scale=metadata.scale.name,
    )
