"""What has a part in each task: a key that is set and could do nothing is refused, never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from gradewise.essays.suggestions import quotable
from gradewise.workflows.plans.section import Section

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

SEEDS_AND_TRIALS = frozenset({"seed", "search.seed", "search.trials"})
"""Keys that one option of the command line sets for both tasks."""
_LEARNER = "what learns classes is `classifier`: see `classifier.learner`, on the command line --learner"
_WORDING = "words come in by `features.tfidf`, on the command line --tfidf and --tfidf-components"
_MEASURED = "only a text model, TF-IDF and given columns are read: `features.tfidf`, `features.given`"
_WITHOUT_ORDER = "classes have no order"


def refuse_other_task(plan: Plan) -> None:
    """Pass when every key that differs from its default has a part in the plan's task.

    Raises:
        PydanticCustomError: one has none, or nothing is left to learn from; says what to write instead.
    """
    if plan.task == "nominal":
        _refuse_of_grades(plan)
        _refuse_nothing_to_read(plan)
    else:
        _refuse_of_classes(plan)


def _refuse_of_grades(plan: Plan) -> None:
    features, data = plan.features, plan.data
    if plan.scale is not None and not isinstance(plan.scale, tuple):
        _refuse("scale", plan.scale, "leave it out, so that every label is a class, or list the classes")
    if plan.trait_scale is not None:
        _refuse("trait_scale", plan.trait_scale, "traits are grades; take it out")
    if data.kind != "csv":
        _refuse("data.kind", data.kind, "published datasets of essays have grades; take it out")
    if data.columns.traits:
        _refuse("data.columns.traits", data.columns.traits, "traits are grades; take it out")
    if data.auxiliary:
        _refuse("data.auxiliary", [each.name for each in data.auxiliary], _MEASURED)
    if features.groups is not None:
        _refuse("features.groups", features.groups, _MEASURED)
    if features.text_learners not in (type(features).model_fields["text_learners"].default, ()):
        _refuse("features.text_learners", features.text_learners, _WORDING)
    if plan.confidence.cuts:
        _refuse("confidence.cuts", plan.confidence.cuts, f"{_WITHOUT_ORDER}, so none lies above another")
    for key, value in _changed(plan.model):
        _refuse(f"model.{key}", value, _LEARNER)


def _refuse_nothing_to_read(plan: Plan) -> None:
    features = plan.features
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


def _refuse_of_classes(plan: Plan) -> None:
    advice = "it is read with `task: nominal` alone; add that (--task nominal), or take this out"
    for name, section in (("classifier", plan.classifier), ("features.tfidf", plan.features.tfidf)):
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
