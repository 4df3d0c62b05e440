"""Split sets saved, read and checked."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gradewise.errors import SplitError
from gradewise.essays.origins import Origin, SourceFile
from gradewise.essays.records import Essay
from gradewise.essays.split_checks import check_split_plan
from gradewise.essays.split_json import split_set_from_json, split_set_to_json
from gradewise.essays.split_plan import Scheme
from gradewise.essays.split_set import SplitSet, make_split_set
from gradewise.essays.texts import text_hash

START = datetime(2025, 1, 1, tzinfo=UTC)
ESSAYS = [
    Essay(
        id=f"e{number:02d}",
        text=f"Essay {number}",
        label="AB"[number % 2],
        prompt=f"p{number % 8}",
        written_at=START + timedelta(days=number),
    )
    for number in range(48)
]
ORIGIN = Origin(
    kind="csv",
    sources=(SourceFile("train", "essays.csv", "f" * 64),),
    sha256="f" * 64,
    min_words=200,
    max_words=None,
    exclude_prompts=("Letter",),
    only_prompts=(),
)
SCHEMES: tuple[Scheme, ...] = ("stratified_text", "prompt_holdout")


def _made(*schemes: Scheme) -> SplitSet:
    return make_split_set(
        ESSAYS, schemes or SCHEMES, origin=ORIGIN, n_folds=3, inner_folds=2, created_at="2025-05-14T09:30:00Z"
    )


def _saved(*schemes: Scheme) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(split_set_to_json(_made(*schemes), ESSAYS)))
    return content


def _first_format() -> dict[str, Any]:
    """A file of one scheme as it used to be written."""
    saved = _saved("stratified_text")
    fields = saved.pop("schemes")["stratified_text"]
    folds = saved.pop("stratified_text_folds")
    return {**saved, **fields, "schema_version": 1, "scheme": "stratified_text", "folds": folds}


def test_splits_survive_being_saved() -> None:
    """What is read is what was written, and it fits its essays."""
    splits = split_set_from_json(_saved())
    assert _made() == splits
    for plan in splits.plans:
        check_split_plan(plan, ESSAYS[::-1], "f" * 64)


def test_schemes_share_one_locked_test_set() -> None:
    """Whatever the scheme, the same essays are locked away; time, where it counts, draws them."""
    splits = _made("stratified_text", "temporal")
    assert ("stratified_text", "temporal") == splits.schemes
    stratified, temporal = splits.plans
    assert (
        temporal.test_ids
        == stratified.test_ids
        == tuple(essay.id for essay in ESSAYS[-len(temporal.test_ids) :])
    )
    assert set(temporal.train_ids) == set(stratified.train_ids)


def test_a_scheme_that_is_not_there_is_named() -> None:
    """The message says what the file holds."""
    assert "prompt_holdout" == _made().plan("prompt_holdout").scheme
    with pytest.raises(
        SplitError, match="scheme: temporal is asked for, .* hold stratified_text, prompt_holdout"
    ):
        _made().plan("temporal")


def test_saved_splits_speak_for_themselves() -> None:
    """The file holds where the essays came from, counts, and the rule for rare grades beside the ids."""
    saved = _saved()
    assert {"train": 38, "test": 10} == saved["record_counts"]
    assert {"min": 200, "max": None} == saved["word_count_window"]
    assert (["Letter"], "csv") == (saved["dataset_excluded_prompts"], saved["dataset_kind"])
    assert 3 == saved["n_splits"]

    assert 38 == sum(saved["label_counts_train"].values())
    assert [2, 2, 2] == [len(fold["inner_folds"]) for fold in saved["stratified_text_folds"]]
    assert "never drawn" in saved["rare_rule"]


def test_a_fold_says_what_it_holds_out_whole() -> None:
    """Prompts, the first and last time, or texts, as the scheme has it."""
    saved, by_id = _saved(*SCHEMES, "temporal"), {essay.id: essay for essay in ESSAYS}
    for fold in saved["prompt_holdout_folds"]:
        prompts = {by_id[each].prompt or "" for each in fold["val_record_ids"]}
        assert sorted(prompts) == fold["val_groups"]
    for fold in saved["stratified_text_folds"]:
        assert (
            sorted(text_hash(by_id[each].text)[:16] for each in fold["val_record_ids"]) == fold["val_groups"]
        )
    for fold in saved["temporal_folds"]:
        times = [by_id[each].written_at.isoformat() for each in fold["val_record_ids"]]  # type: ignore[union-attr]
        assert [min(times), max(times)] == fold["val_groups"]


def test_a_file_of_the_first_format_is_read() -> None:
    """It holds one scheme, and does not say where its essays came from."""
    (plan,) = split_set_from_json(_first_format()).plans
    assert _made("stratified_text").plans[0] == plan
    assert split_set_from_json(_first_format()).origin is None


FOLD = {"fold": 0, "train_record_ids": [], "val_record_ids": [], "inner_folds": []}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 3}, "schema_version 3; this gradewise reads 1 and 2"),
        ({"schema_version": None}, "schema_version None"),
        ({"seed": 7}, "was changed after it was made"),
        ({"prompt_holdout_folds": [FOLD]}, r"\(prompt_holdout\) was changed after it was made"),
        ({"schemes": {}}, "hold no scheme"),
        ({"schemes": {"random": {}}}, "scheme 'random'"),
        ({"stratified_text_folds": 3}, "wrong kind"),
        ({"stratified_text_folds": [{}]}, "lack field 'train_record_ids'"),
        ({"schemes": {"stratified_text": {}}}, "lack field 'id'"),
        ({"word_count_window": None}, "wrong kind"),
        ({"n_splits": "many"}, "wrong kind"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_splits_that_cannot_be_trusted_are_refused(change: dict[str, Any], message: str) -> None:
    """An unknown format, a missing or odd field and any edit are errors."""
    with pytest.raises(SplitError, match=message):
        split_set_from_json(_saved() | change)


def test_a_plan_for_other_data_is_refused() -> None:
    """Missing, new, regraded or rewritten essays and another file are each named, with both values."""
    plan = _made().plans[0]
    regraded = [replace(ESSAYS[0], label="B"), *ESSAYS[1:]]
    rewritten = [replace(ESSAYS[0], text="Other"), *ESSAYS[1:]]
    for essays, sha256, message in (
        (ESSAYS[2:], "f" * 64, "record ids: 2 essays are in the split plan and not in the data, .* 'e00'"),
        ([*ESSAYS, replace(ESSAYS[0], id="new")], "f" * 64, "1 essays are in the data and not .* 'new'"),
        (
            regraded,
            "f" * 64,
            "labels_sha256: grades changed .* .[0-9a-f]{12}, the plan has [0-9a-f]{12}",
        ),
        (rewritten, "f" * 64, "texts_sha256: texts changed"),
        (
            ESSAYS,
            "0" * 64,
            "dataset_sha256: .* another .000000000000, the plan has ffffffffffff",
        ),
        (ESSAYS, "", "not given, the plan has"),
    ):
        with pytest.raises(SplitError, match=message):
            check_split_plan(plan, essays, sha256)
