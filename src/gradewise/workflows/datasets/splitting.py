"""The split that a plan asks for: made here, or saved before and checked against the essays at hand."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from gradewise.errors import SplitError
from gradewise.essays.leaks import audit_split
from gradewise.essays.origins import Origin
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.split_checks import check_split_plan
from gradewise.essays.split_json import split_set_from_json
from gradewise.essays.split_plan import Scheme, SplitPlan
from gradewise.essays.split_set import SplitSet, make_split_set
from gradewise.workflows.datasets.following import followed
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.splits import N_FOLDS
from gradewise.workflows.services import Services


def read_splits(path: Path) -> SplitSet:
    """Saved splits from a file.

    Raises:
        SplitError: it cannot be read, or holds no splits that can be trusted.
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SplitError(f"saved split {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SplitError(f"{path} is not a saved split, which is JSON; name a run's splits.json") from error
    if not isinstance(saved, dict):
        raise SplitError(f"{path} is not a saved split; name a run's splits.json")
    try:
        return split_set_from_json(saved)
    except SplitError as error:
        raise SplitError(f"{path}: {error}") from error


def following_splits(plan: Plan, saved: SplitSet | None) -> Plan:
    """The plan with what saved splits say of data and folds, where it leaves that open.

    Raises:
        SplitError: it asks for another scheme, window, number of folds or other prompts; the message names
            the field and both values.
    """
    if saved is None:
        folds = plan.split.folds or N_FOLDS
    else:
        chosen = saved.plan(plan.split.scheme)
        folds = chosen.n_folds
        if plan.split.folds not in (None, folds):
            raise SplitError(
                f"n_splits: {plan.split.folds} is asked for, and splits {plan.split.reuse} has {folds}; "
                "leave --n-splits out to follow it, or make splits anew: gradewise make-splits"
            )
        if saved.origin is not None:
            plan = followed(plan, saved.origin, what=f"splits {plan.split.reuse}", error=SplitError)
    return plan.model_copy(update={"split": plan.split.model_copy(update={"folds": folds})})


def saved_split(plan: Plan, saved: SplitSet, essays: Sequence[Essay], data_sha256: str) -> SplitPlan:
    """The saved plan of the scheme that is asked for, once it has been seen to fit.

    Raises:
        SplitError: it was made for other essays, or holds no locked test set.
        LeakError: it lets what it holds out into training.
    """
    chosen = saved.plan(plan.split.scheme)
    check_split_plan(chosen, essays, data_sha256)
    if not chosen.test_ids:
        raise SplitError(f"{plan.split.reuse} holds no locked test set; make a new plan")
    audit_split(chosen, essays)
    return chosen


def made_splits(
    plan: Plan,
    schemes: Sequence[Scheme],
    essays: Sequence[Essay],
    *,
    origin: Origin,
    scale: Scale,
    test_ids: Collection[str] | None,
    services: Services,
) -> SplitSet:
    """Splits by each scheme, audited.

    Raises:
        SplitError, LeakError: the essays cannot be divided so.
    """
    made = make_split_set(
        essays,
        schemes,
        origin=origin,
        scale=scale,
        n_folds=plan.split.folds or N_FOLDS,
        inner_folds=plan.split.inner_folds,
        test_share=plan.split.test_share,
        test_ids=test_ids,
        seed=plan.split.seed,
        created_at=services.clock().isoformat(timespec="seconds"),
        git_sha=services.versions.get("git", ""),
    )
    for each in made.plans:
        audit_split(each, essays)
    return made
