"""What became of teachers' decisions, as plain values for JSON."""

from typing import Any

from gradewise.evaluation.interval_json import interval_to_json
from gradewise.evaluation.results import Interval
from gradewise.scores.audits import DecidedAgreement, GroupAgreement, ReviewFindings


def findings_to_json(findings: ReviewFindings) -> dict[str, Any]:
    """Everything that was found."""
    drift = findings.drift
    return {
        "scale": list(findings.scale.grades),
        "audited": _agreement_to_json(findings.audited),
        "reviewed": _agreement_to_json(findings.reviewed),
        "audits_waiting": findings.n_audits_waiting,
        "other_scales": findings.n_other_scales,
        "weeks": [_group_to_json(each) for each in findings.weeks],
        "models": [_group_to_json(each) for each in findings.models],
        "drift": None
        if drift is None
        else {
            "earlier": interval_to_json(drift.earlier),
            "later": interval_to_json(drift.later),
            "change": interval_to_json(drift.change),
            "since": drift.since.isoformat(),
        },
    }


def _group_to_json(group: GroupAgreement) -> dict[str, Any]:
    return {
        "name": group.name,
        "audited": _agreement_to_json(group.audited),
        "reviewed": _agreement_to_json(group.reviewed),
    }


def _agreement_to_json(found: DecidedAgreement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "n": found.n,
        "cuts": interval_to_json(found.cuts),
        "exact": interval_to_json(found.exact),
        "within_one": _known_to_json(found.within_one),
        "qwk": _known_to_json(found.qwk),
        "generous": _known_to_json(found.generous),
    }


def _known_to_json(interval: Interval | None) -> dict[str, float | None] | None:
    return None if interval is None else interval_to_json(interval)
