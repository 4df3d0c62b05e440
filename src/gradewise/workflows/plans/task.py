"""What has a part in each task: a key that is set and could do nothing is refused, never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from gradewise.essays.suggestions import quotable
from gradewise.workflows.plans.classifier import ClassifierPlan, TfidfPlan
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.evaluation import ConfidencePlan
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.section import Section

SEEDS_AND_TRIALS = frozenset({"seed", "search.seed", "search.trials"})
"""Keys that one option of the command line sets for both tasks."""
_LEARNER = "what learns classes is `classifier`: see `classifier.learner`, on the command line --learner"
_WORDING = "words come in by `features.tfidf`, on the command line --tfidf and --tfidf-components"
_MEASURED = "only a text model, TF-IDF and given columns are read: `features.tfidf`, `features.given`"
_WITHOUT_ORDER = "classes have no order"


def refuse_scales(scale: object, trait_scale: object) -> None:
    """Pass where labels without an order are given none: a list of them is one of classes.

    Raises:
        PydanticCustomError: a scale is named. So do all below for what has no part in the task, or where
            nothing is left to learn from; each says what to write instead.
    """
    if scale is not None and not isinstance(scale, tuple):
        _refuse("scale", scale, "leave it out, so that every label is a class, or list the classes")
    if trait_scale is not None:
        _refuse("trait_scale", trait_scale, "traits are grades; take it out")


def refuse_data_of_grades(data: DataPlan) -> None:
    """Pass where the data of a plan of classes holds nothing that only grades have."""
    if data.kind != "csv":
        _refuse("data.kind", data.kind, "published datasets of essays have grades; take it out")
    if data.columns.traits:
        _refuse("data.columns.traits", data.columns.traits, "traits are grades; take it out")
    if data.auxiliary:
        _refuse("data.auxiliary", [each.name for each in data.auxiliary], _MEASURED)


def refuse_features_of_grades(features: FeaturesPlan) -> None:
    """Pass where a plan of classes asks for nothing that is measured of essays alone."""
    if features.groups is not None:
        _refuse("features.groups", features.groups, _MEASURED)
    if features.text_learners not in (FeaturesPlan.model_fields["text_learners"].default, ()):
        _refuse("features.text_learners", features.text_learners, _WORDING)


def refuse_cuts(confidence: ConfidencePlan) -> None:
    """Pass where no class is said to lie above another."""
    if confidence.cuts:
        _refuse("confidence.cuts", confidence.cuts, f"{_WITHOUT_ORDER}, so none lies above another")


def refuse_model(model: ModelPlan) -> None:
    """Pass where a plan of classes leaves alone what learns grades."""
    for key, value in _changed(model):
        _refuse(f"model.{key}", value, _LEARNER)


def refuse_nothing_to_read(features: FeaturesPlan) -> None:
    """Pass where classes have something to be learnt from, and a text model that is named is asked for."""
    if features.set == "handcrafted" and features.embedder is not None:
        raise PydanticCustomError(
            "task",
            "`features.embedder` names a text model, and `features.set` does not ask for it; write `features."
            "set: combined`, on the command line --feature-set combined",
        )
    if features.set == "handcrafted" and features.tfidf.kind == "none" and not features.given:
        raise PydanticCustomError(
            "task",
            "nothing is left to learn from: `features.tfidf.kind` is 'none', and no text model and no given "
            "column is named; write `features.tfidf: {kind: words}`, `features.set: combined` with "
            "`features.embedder`, or `features.given`",
        )


def refuse_classifier(classifier: ClassifierPlan, tfidf: TfidfPlan) -> None:
    """Pass where a plan of grades leaves alone what learns classes."""
    advice = "it is read with `task: nominal` alone; add that (--task nominal), or take this out"
    for name, section in (("classifier", classifier), ("features.tfidf", tfidf)):
        for key, value in _changed(section):
            raise _unread(f"{name}.{key}", value, "ordinal", advice)


def _changed(section: Section, before: str = "") -> Iterator[tuple[str, Any]]:
    """Keys that differ from their defaults, sections within by dotted key."""
    for name, field in type(section).model_fields.items():
        value, key = getattr(section, name), f"{before}{name}"
        if isinstance(value, Section):
            yield from _changed(value, f"{key}.")
        elif value != field.default and key not in SEEDS_AND_TRIALS:
            yield key, value


def _refuse(key: str, value: Any, advice: str) -> None:
    raise _unread(key, value, "nominal", advice)


def _unread(key: str, value: Any, task: str, advice: str) -> PydanticCustomError:
    shown = quotable(str(list(value) if isinstance(value, tuple) else value))
    return PydanticCustomError("task", f"`{key}` is {shown}, which has no part in `task: {task}`; {advice}")
