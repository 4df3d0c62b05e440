"""Predictions as JSON and back: what is logged, sent and written to files is spelled in one place."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from gradewise.errors import InputError
from gradewise.features.advisories.advisory import Advisory
from gradewise.workflows.reasons import Reason
from gradewise.workflows.score import Prediction, TraitPrediction

_CANONICAL = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
TRAIT_FIELDS = tuple(each.name for each in fields(TraitPrediction))
REASON_FIELDS = tuple(each.name for each in fields(Reason))
OF_CLASSES = "in_scope"
"""What only the answers of models of classes say; those of grades are written as they ever were."""
NO_CLASS = "out_of_scope"
"""What only those say whose model knows a label of texts of no class."""
OVERALL_FIELDS = tuple(
    each.name
    for each in fields(Prediction)
    if each.name not in (*TRAIT_FIELDS, "essay_id", OF_CLASSES, NO_CLASS)
)
"""In the order in which they are written, which what is logged must keep."""


def prediction_record(prediction: Prediction) -> dict[str, Any]:
    """Plain values for JSON, the essay first, grades in the order of the scale; hold no essay text."""
    # Not asdict, which copies every number by itself.
    return {
        "essay_id": prediction.essay_id,
        **_plain(prediction, TRAIT_FIELDS),
        **_plain(prediction, OVERALL_FIELDS),
        "traits": {name: _plain(trait, TRAIT_FIELDS) for name, trait in prediction.traits.items()},
        "advisories": [each.to_json() for each in prediction.advisories],
        "reasons": [{name: getattr(each, name) for name in REASON_FIELDS} for each in prediction.reasons],
        **({OF_CLASSES: prediction.in_scope} if prediction.of_classes else {}),
        **({} if prediction.out_of_scope is None else {NO_CLASS: prediction.out_of_scope}),
    }


def _plain(prediction: TraitPrediction, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(prediction, name) for name in names}


def prediction_to_json(prediction: Prediction) -> str:
    """Canonical JSON: the same prediction gives the same letters, and every number comes back as it was."""
    return _CANONICAL.encode(prediction_record(prediction))


def prediction_from_json(written: str) -> Prediction:
    """The prediction that was written down, equal to the one before.

    Raises:
        InputError: it is no prediction.
    """
    try:
        return _prediction(json.loads(written))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{len(written)} characters are no prediction ({type(error).__name__}); read the record again"
        ) from error


def _prediction(record: Mapping[str, Any]) -> Prediction:
    changed = {
        "grade_set": tuple(record["grade_set"]),
        "traits": {name: _trait(trait) for name, trait in record["traits"].items()},
        "advisories": tuple(map(_advisory, record["advisories"])),
        "reasons": tuple(Reason(**each) for each in record["reasons"]),
    }
    return Prediction(**{**record, **changed})


def _trait(record: Mapping[str, Any]) -> TraitPrediction:
    return TraitPrediction(**{**record, "grade_set": tuple(record["grade_set"])})


def _advisory(record: Mapping[str, Any]) -> Advisory:
    return Advisory(**{key: value for key, value in record.items() if key != "severity"})
