"""The explanation of a grade as a record: plain values, ready for JSON."""

from typing import Any

from gradewise.features.findings import Finding
from gradewise.reporting.explanation import ConstructPart, Explanation, TellingTerms

FORMAT = 1
"""Raised whenever a field changes its meaning or goes away."""


def explanation_record(explanation: Explanation) -> dict[str, Any]:
    """Everything in the explanation but the essay itself, which its SHA-256 stands for, as JSON values.

    Spans of findings are positions in that text, in characters. Messages and suggestions may quote words.
    """
    likely, terms, findings = explanation.likely, explanation.terms, explanation.findings
    return {
        "format": FORMAT,
        "essay": {
            "id": explanation.essay_id,
            "sha256": explanation.text_sha256,
            "language": explanation.language,
            "words": explanation.n_words,
        },
        "model": _model(explanation),
        "explained_at": explanation.explained_at.isoformat(),
        "grade": explanation.grade,
        "confidence": explanation.confidence,
        "likely": {"low": likely.low, "high": likely.high, "probability": likely.probability},
        "probabilities": dict(explanation.probabilities),
        "score": explanation.score,
        "start": explanation.start,
        "parts": [
            _part(part, shown)
            for part, shown in zip(explanation.parts, explanation.shown_effects, strict=True)
        ],
        "terms": None if terms is None else _terms(terms),
        "findings": None if findings is None else [_finding(finding) for finding in findings],
        "limits": list(explanation.limits),
    }


def _model(explanation: Explanation) -> dict[str, Any]:
    model = explanation.model
    return {
        "name": model.name,
        "version": model.version,
        "digest": model.digest,
        "feature_fingerprint": model.feature_fingerprint,
        "n_essays": model.n_essays,
        "scale": {"name": model.scale, "grades": list(explanation.probabilities)},
    }


def _terms(terms: TellingTerms) -> dict[str, Any]:
    return {"raising": list(terms.raising), "lowering": list(terms.lowering)}


def _part(part: ConstructPart, shown: float) -> dict[str, Any]:
    return {
        "construct": part.construct,
        "effect": part.effect,
        "shown": shown,
        "features": [
            {
                "name": feature.name,
                "label": feature.label,
                "value": feature.value,
                "average": feature.average,
                "effect": feature.effect,
            }
            for feature in part.features
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "start": finding.start,
        "end": finding.end,
        "category": finding.category,
        "rule": finding.rule,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }
