"""Split plans saved, read and checked."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gradewise.errors import SplitError
from gradewise.essays.records import Essay
from gradewise.essays.split_json import check_split_plan, split_plan_from_json, split_plan_to_json
from gradewise.essays.splits import make_split_plan

ESSAYS = [Essay(id=f"e{number:02d}", text=f"Essay {number}", label="AB"[number % 2]) for number in range(40)]
PLAN = make_split_plan(
    ESSAYS, n_folds=3, inner_folds=2, data_sha256="f" * 64, created_at="2025-05-14T09:30:00Z", git_sha="abc"
)


def _saved() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(split_plan_to_json(PLAN)))
    return content


def test_a_plan_survives_being_saved() -> None:
    """What is read is what was written, and it fits its essays."""
    plan = split_plan_from_json(_saved())
    assert plan == PLAN
    check_split_plan(plan, ESSAYS[::-1], "f" * 64)


def test_a_saved_plan_speaks_for_itself() -> None:
    """The file holds counts and the rule for rare grades beside the ids."""
    saved = _saved()
    assert saved["record_counts"] == {"train": 32, "test": 8, "left_out": 0}
    assert saved["n_splits"] == 3
    assert [len(fold["inner_folds"]) for fold in saved["folds"]] == [2, 2, 2]
    assert "never drawn" in saved["rare_rule"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version 2; this gradewise reads 1"),
        ({"schema_version": None}, "schema_version None"),
        ({"seed": 7}, "was changed after it was made"),
        ({"scheme": "random"}, "scheme 'random'"),
        ({"folds": 3}, "wrong kind"),
        ({"folds": [{}]}, "lacks field 'train_record_ids'"),
        ({"label_counts_train": []}, "wrong kind"),
        ({"n_splits": "many"}, "wrong kind"),
    ],
)
def test_a_plan_that_cannot_be_trusted_is_refused(change: dict[str, Any], message: str) -> None:
    """An unknown format, a missing or odd field and any edit are errors."""
    with pytest.raises(SplitError, match=message):
        split_plan_from_json(_saved() | change)


def test_a_plan_for_other_data_is_refused() -> None:
    """Missing, new, regraded or rewritten essays and another file are each named."""
    regraded = [replace(ESSAYS[0], label="B"), *ESSAYS[1:]]
    rewritten = [replace(ESSAYS[0], text="Other"), *ESSAYS[1:]]
    for essays, sha256, message in (
        (ESSAYS[2:], "f" * 64, "2 essays are in the split plan and not in the data, the first 'e00'"),
        ([*ESSAYS, replace(ESSAYS[0], id="new")], "f" * 64, "1 essays are in the data and not .* 'new'"),
        (regraded, "f" * 64, "grades changed"),
        (rewritten, "f" * 64, "texts changed"),
        (ESSAYS, "0" * 64, "data file is another .sha256 000000000000, not ffffffffffff"),
        (ESSAYS, "", "sha256 not given"),
    ):
        with pytest.raises(SplitError, match=message):
            check_split_plan(PLAN, essays, sha256)
