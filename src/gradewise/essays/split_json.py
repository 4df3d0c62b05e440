"""Split sets as JSON values: the content of ``splits.json``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from gradewise.errors import SplitError
from gradewise.essays.origins import origin_from_json, origin_to_json
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import (
    RARE_RULE,
    SCHEMES,
    Fold,
    RareLabel,
    Scheme,
    SplitPlan,
    plan_id,
)
from gradewise.essays.split_set import SplitSet, held_out_groups
from gradewise.essays.suggestions import quotable

SCHEMA_VERSION = 2
"""Of the format that is written: several schemes, and where the essays came from."""
ONE_SCHEME = 1
"""The older format that is read too: one scheme, and nothing on filters."""


def split_set_to_json(splits: SplitSet, essays: Sequence[Essay]) -> dict[str, Any]:
    """A split set as plain values.

    Args:
        splits: made here, so that its origin is known.
        essays: every essay that it names.
    """
    assert splits.origin is not None  # noqa: S101 - only sets that were read may lack it
    first = splits.plans[0]
    test = frozenset(first.test_ids)
    counts = Counter(essay.label or "" for essay in essays if essay.id not in test)
    return {
        "schema_version": SCHEMA_VERSION,
        "created_at": first.created_at,
        "git_sha": first.git_sha,
        **origin_to_json(splits.origin),
        "labels_sha256": first.labels_sha256,
        "texts_sha256": first.texts_sha256,
        "record_counts": {"train": sum(counts.values()), "test": len(test)},
        "label_counts_train": {label: counts[label] for label in first.label_counts},
        "n_splits": first.n_folds,
        "seed": first.seed,
        "rare_rule": RARE_RULE,
        "schemes": {plan.scheme: _scheme_to_json(plan) for plan in splits.plans},
        "test_record_ids": list(first.test_ids),
        **{f"{plan.scheme}_folds": _outer_folds_to_json(plan, essays) for plan in splits.plans},
    }


def _scheme_to_json(plan: SplitPlan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "label_counts_train": dict(plan.label_counts),
        "rare_labels": [{"label": rare.label, "n_texts": rare.n_texts} for rare in plan.rare],
        "left_out_record_ids": list(plan.left_out_ids),
    }


def _outer_folds_to_json(plan: SplitPlan, essays: Sequence[Essay]) -> list[dict[str, Any]]:
    groups = held_out_groups(plan, essays)
    return [
        {**fold, "val_groups": list(held)}
        for fold, held in zip(_folds_to_json(plan.folds), groups, strict=True)
    ]


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


def split_set_from_json(content: Mapping[str, Any]) -> SplitSet:
    """The split set that `split_set_to_json` wrote, or the one plan of an older file.

    Raises:
        SplitError: the format is unknown or newer, a field is missing or odd, or the content was changed.
    """
    version = content.get("schema_version")
    if version not in (ONE_SCHEME, SCHEMA_VERSION):
        raise SplitError(
            f"the saved splits have schema_version {version!r}; this gradewise reads {ONE_SCHEME} and "
            f"{SCHEMA_VERSION}; make them anew, or use the gradewise that wrote them"
        )
    try:
        splits = _parse_one(content) if version == ONE_SCHEME else _parse(content)
    except KeyError as error:
        raise SplitError(f"the saved splits lack field {error}; make them anew") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise SplitError("the saved splits have a field of the wrong kind; make them anew") from error
    for plan in splits.plans:
        if plan.id != plan_id(plan):
            raise SplitError(
                f"split plan {quotable(plan.id)} ({plan.scheme}) was changed after it was made; make it anew"
            )
    return splits


def _parse(content: Mapping[str, Any]) -> SplitSet:
    schemes = {_scheme(name): fields for name, fields in content["schemes"].items()}
    if not schemes:
        raise SplitError("the saved splits hold no scheme; make them anew")
    plans = (_plan(content, scheme, fields, f"{scheme}_folds") for scheme, fields in schemes.items())
    return SplitSet(tuple(plans), origin_from_json(content))


def _parse_one(content: Mapping[str, Any]) -> SplitSet:
    return SplitSet((_plan(content, _scheme(content["scheme"]), content, "folds"),), None)


def _plan(content: Mapping[str, Any], scheme: Scheme, fields: Mapping[str, Any], folds: str) -> SplitPlan:
    """A plan of what concerns every scheme, what concerns its own, and its folds."""
    return SplitPlan(
        id=str(fields["id"]),
        scheme=scheme,
        seed=int(content["seed"]),
        n_folds=int(content["n_splits"]),
        test_ids=_ids(content["test_record_ids"]),
        folds=_folds_from_json(content[folds]),
        rare=tuple(RareLabel(str(each["label"]), int(each["n_texts"])) for each in fields["rare_labels"]),
        left_out_ids=_ids(fields["left_out_record_ids"]),
        label_counts={str(label): int(n) for label, n in fields["label_counts_train"].items()},
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
    raise SplitError(f"the saved splits have scheme {name!r}; this gradewise knows {', '.join(SCHEMES)}")


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
