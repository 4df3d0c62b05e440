"""Whether saved splits belong to the essays at hand; each field that differs is named."""

from collections.abc import Sequence

from gradewise.errors import SplitError
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import SplitPlan, labels_digest, texts_digest
from gradewise.essays.suggestions import quotable


def check_split_plan(plan: SplitPlan, essays: Sequence[Essay], data_sha256: str) -> None:
    """Pass when a plan was made for exactly these essays.

    Raises:
        SplitError: essays came or went, a grade or text changed, or the file is another; the message names
            the field and both values.
    """
    planned = {*plan.test_ids, *plan.train_ids, *plan.left_out_ids}
    present = {essay.id for essay in essays}
    for odd, fault in (
        (planned - present, "are in the split plan and not in the data"),
        (present - planned, "are in the data and not in the split plan"),
    ):
        if odd:
            _refuse(plan, f"record ids: {len(odd)} essays {fault}, the first {quotable(min(odd))!r}")
    for field, fault, was, found in (
        ("labels_sha256", "grades changed since it was made", plan.labels_sha256, labels_digest(essays)),
        ("texts_sha256", "texts changed since it was made", plan.texts_sha256, texts_digest(essays)),
        ("dataset_sha256", "the data file is another", plan.data_sha256, data_sha256),
    ):
        if was != found:
            _refuse(plan, f"{field}: {fault} ({_short(found)}, the plan has {_short(was)})")


def _short(digest: str) -> str:
    return digest[:12] or "not given"


def _refuse(plan: SplitPlan, fault: str) -> None:
    raise SplitError(
        f"split plan {plan.id} does not fit: {fault}; use the data and filters it was made for, "
        "or make a new plan"
    )
