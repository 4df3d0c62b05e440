"""Following what was saved before: splits and feature stores say which essays they belong to."""

from collections.abc import Sequence

from gradewise.errors import GradewiseError
from gradewise.essays.origins import Origin
from gradewise.workflows.plans.data import FiltersPlan
from gradewise.workflows.plans.plan import Plan

_OPTIONS = {
    "dataset_kind": "--dataset-kind",
    "word_count_window.min": "--min-words",
    "word_count_window.max": "--max-words",
    "dataset_excluded_prompts": "--exclude-prompt",
    "dataset_only_prompts": "--prompt",
}


def followed(plan: Plan, origin: Origin, *, what: str, error: type[GradewiseError]) -> Plan:
    """The plan with kind, window and prompts of what it follows, where it names none of its own.

    Args:
        plan: as it was asked for, before anything is filled in.
        origin: of what is followed.
        what: that is, for messages: ``splits output/…/splits.json``.
        error: raised where the two differ.

    Raises:
        GradewiseError: the plan names another kind, window or other prompts; the message names the field
            and both values.
    """
    data = plan.data
    if data.kind not in ("csv", origin.kind):
        _refuse("dataset_kind", data.kind, origin.kind, what, error)
    filters = data.filters
    for bound, asked, saved in (
        ("min", filters.min_words, origin.min_words),
        ("max", filters.max_words, origin.max_words),
    ):
        if asked not in (None, saved):
            _refuse(f"word_count_window.{bound}", asked, saved, what, error)
    for field, asked_prompts, saved_prompts in (
        ("dataset_excluded_prompts", filters.exclude_prompts, origin.exclude_prompts),
        ("dataset_only_prompts", filters.only_prompts or None, origin.only_prompts),
    ):
        if asked_prompts is not None and set(asked_prompts) != set(saved_prompts):
            _refuse(field, _listed(asked_prompts), _listed(saved_prompts), what, error)
    return plan.model_copy(update={"data": data.model_copy(update=_as_saved(origin))})


def _as_saved(origin: Origin) -> dict[str, object]:
    return {
        "kind": origin.kind,
        "filters": FiltersPlan(
            min_words=origin.min_words,
            max_words=origin.max_words,
            exclude_prompts=origin.exclude_prompts,
            only_prompts=origin.only_prompts,
        ),
    }


def _listed(prompts: Sequence[str]) -> str:
    return ", ".join(repr(prompt) for prompt in sorted(prompts)) or "none"


def _refuse(field: str, asked: object, saved: object, what: str, error: type[GradewiseError]) -> None:
    raise error(
        f"{field}: {asked} is asked for, and {what} has {saved}; leave {_OPTIONS[field]} out to follow it, "
        "or make it anew for what is asked for"
    )
