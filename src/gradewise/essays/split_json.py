"""Split plans as JSON values, and whether a saved plan belongs to the essays at hand."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from gradewise.errors import SplitError
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import (
    RARE_RULE,
    SCHEMES,
    Fold,
    RareLabel,
    Scheme,
    SplitPlan,
    labels_digest,
    plan_id,
    texts_digest,
)
from gradewise.essays.suggestions import quotable

SCHEMA_VERSION = 1
"""Of the format that is written, and the only one that is read."""


def split_plan_to_json(plan: SplitPlan) -> dict[str, Any]:
    """A plan as plain values: the content of ``splits.json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": plan.id,
        "created_at": plan.created_at,
        "git_sha": plan.git_sha,
        "dataset_sha256": plan.data_sha256,
        "labels_sha256": plan.labels_sha256,
        "texts_sha256": plan.texts_sha256,
        "scheme": plan.scheme,
        "seed": plan.seed,
        "n_splits": plan.n_folds,
        "record_counts": {
            "train": len(plan.train_ids),
            "test": len(plan.test_ids),
            "left_out": len(plan.left_out_ids),
        },
        "label_counts_train": dict(plan.label_counts),
        "rare_labels": [{"label": rare.label, "n_texts": rare.n_texts} for rare in plan.rare],
        "rare_rule": RARE_RULE,
        "test_record_ids": list(plan.test_ids),
        "left_out_record_ids": list(plan.left_out_ids),
        "folds": _folds_to_json(plan.folds),
    }


def _folds_to_json(folds: Sequence[Fold]) -> list[dict[str, Any]]:
    return [
        {
            "fold": number,
            "train_record_ids": list(fold.train_ids),
            "val_record_ids": list(fold.validate_ids),
            "inner_folds": _folds_to_json(fold.inner),
        }
        for number, fold in enumerate(folds)
    ]


def split_plan_from_json(content: Mapping[str, Any]) -> SplitPlan:
    """The plan that `split_plan_to_json` wrote.

    Raises:
        SplitError: the format is unknown or newer, a field is missing or odd, or the content was changed.
    """
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        raise SplitError(
            f"the split plan has schema_version {version!r}; this gradewise reads {SCHEMA_VERSION}; "
            "make the plan anew, or use the gradewise that wrote it"
        )
    try:
        plan = _parse(content)
    except KeyError as error:
        raise SplitError(f"the split plan lacks field {error}; make it anew") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise SplitError("the split plan has a field of the wrong kind; make it anew") from error
    if plan.id != plan_id(plan):
        raise SplitError(f"split plan {quotable(plan.id)} was changed after it was made; make it anew")
    return plan


def _parse(content: Mapping[str, Any]) -> SplitPlan:
    return SplitPlan(
        id=str(content["id"]),
        scheme=_scheme(content["scheme"]),
        seed=int(content["seed"]),
        n_folds=int(content["n_splits"]),
        test_ids=_ids(content["test_record_ids"]),
        folds=_folds_from_json(content["folds"]),
        rare=tuple(RareLabel(str(each["label"]), int(each["n_texts"])) for each in content["rare_labels"]),
        left_out_ids=_ids(content["left_out_record_ids"]),
        label_counts={str(label): int(n) for label, n in content["label_counts_train"].items()},
        data_sha256=str(content["dataset_sha256"]),
        labels_sha256=str(content["labels_sha256"]),
        texts_sha256=str(content["texts_sha256"]),
        created_at=str(content["created_at"]),
        git_sha=str(content["git_sha"]),
    )


def _scheme(name: object) -> Scheme:
    for scheme in get_args(Scheme):
        if name == scheme:
            known: Scheme = scheme
            return known
    raise SplitError(f"the split plan has scheme {name!r}; this gradewise knows {', '.join(SCHEMES)}")


def _ids(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _folds_from_json(folds: Sequence[Mapping[str, Any]]) -> tuple[Fold, ...]:
    return tuple(
        Fold(
            _ids(fold["train_record_ids"]),
            _ids(fold["val_record_ids"]),
            _folds_from_json(fold["inner_folds"]),
        )
        for fold in folds
    )


def check_split_plan(plan: SplitPlan, essays: Sequence[Essay], data_sha256: str) -> None:
    """Pass when a plan was made for exactly these essays.

    Raises:
        SplitError: essays came or went, a grade or text changed, or the file is another.
    """
    planned = {*plan.test_ids, *plan.train_ids, *plan.left_out_ids}
    present = {essay.id for essay in essays}
    for odd, fault in (
        (planned - present, "are in the split plan and not in the data"),
        (present - planned, "are in the data and not in the split plan"),
    ):
        if odd:
            _refuse(plan, f"{len(odd)} essays {fault}, the first {quotable(min(odd))!r}")
    if plan.labels_sha256 != labels_digest(essays):
        _refuse(plan, "grades changed since it was made")
    if plan.texts_sha256 != texts_digest(essays):
        _refuse(plan, "texts changed since it was made")
    if plan.data_sha256 != data_sha256:
        _refuse(
            plan,
            f"the data file is another (sha256 {data_sha256[:12] or 'not given'}, not "
            f"{plan.data_sha256[:12] or 'not given'})",
        )


def _refuse(plan: SplitPlan, fault: str) -> None:
    raise SplitError(
        f"split plan {plan.id} does not fit: {fault}; use the data and filters it was made for, "
        "or make a new plan"
    )
