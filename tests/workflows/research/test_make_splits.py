"""Splits that are made once and followed by every experiment, or refused by name."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.split_json import split_set_from_json, split_set_to_json
from gradewise.essays.split_plan import Fold, SplitPlan, plan_id
from gradewise.essays.split_set import SplitSet
from gradewise.telemetry import Event, Notice, silent
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.datasets.read_dataset import read_dataset
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.make_splits import SplitsRun, make_splits
from gradewise.workflows.services import Services
from trials import as_if_killed, changed, essay_rows, read_json, small_plan, write_csv

N = 90


def made(services: Services, **split: object) -> SplitsRun:
    """Splits of the small plan's essays of at least 100 words, in three folds."""
    return make_splits(
        read_plan(
            small_plan(
                Path(), essay_rows(N), data={"filters": {"min_words": 100}}, split={"folds": 3, **split}
            )
        ),
        services,
    )


def followed(services: Services, saved: Path, *, data: object = None, **split: object) -> Dataset:
    """The small plan, following saved splits; it says nothing of window or folds itself."""
    plan = read_plan(small_plan(Path(), essay_rows(N), data=data or {}))
    section = {"reuse": saved, "folds": None, **split}
    return prepare_dataset(
        plan.model_copy(update={"split": plan.split.model_copy(update=section)}), services, silent
    )


def test_the_usual_schemes_share_a_locked_test_set(services: Services) -> None:
    """By text and by prompt, with what makes them repeatable beside them."""
    run = made(services)
    saved = read_json(run.saved)
    assert ["stratified_text", "prompt_holdout"] == list(saved["schemes"])
    assert (2, 3, {"min": 100, "max": None}) == (
        saved["schema_version"], saved["n_splits"], saved["word_count_window"],
    )  # fmt: skip
    assert split_set_from_json(saved) == run.splits
    first, second = run.splits.plans
    assert first.test_ids == second.test_ids
    assert not run.omitted
    text = run.html.with_suffix(".md").read_text(encoding="utf-8")
    assert "Prompts that each fold holds out" in text
    record = read_json(run.html.with_suffix(".json"))["sections"]["stratified_text"]
    assert len(first.test_ids) == sum(record["grades"]["locked test"])


def test_going_on_ends_with_the_same_splits(services: Services) -> None:
    """In the directory of the run that was stopped, byte for byte."""
    run = made(services)
    before = run.saved.read_bytes()
    run.saved.unlink()
    again = make_splits(read_plan(run.directory / "plan.yaml"), services, resume=as_if_killed(run.directory))
    assert (run.directory, before) == (again.directory, again.saved.read_bytes())


def test_where_prompts_are_too_few_it_is_said(services: Services) -> None:
    """The usual scheme by text is made all the same."""
    rows = [{**row, "prompt": "One"} for row in essay_rows(N)]
    heard: list[Event] = []
    run = make_splits(read_plan(small_plan(Path(), rows)), services, listener=heard.append)
    assert ("stratified_text",) == run.splits.schemes
    assert "1 prompts without a text in common cannot fill 3 parts" in run.omitted["prompt_holdout"]
    assert [
        each for each in heard if isinstance(each, Notice) and "no prompt_holdout splits: 1" in each.message
    ]
    assert "No prompt_holdout" in run.html.read_text(encoding="utf-8")


def test_schemes_that_are_asked_for_must_be_possible(services: Services) -> None:
    """Time and nested folds are there when asked for; what cannot be made is an error then."""
    run = made(services, schemes=["temporal", "stratified_text"], inner_folds=2)
    assert ("temporal", "stratified_text") == run.splits.schemes
    assert all(len(fold.inner) == 2 for plan in run.splits.plans for fold in plan.folds)
    assert "Rare grades" in run.html.with_suffix(".md").read_text(encoding="utf-8")
    rows = [{**row, "prompt": "One"} for row in essay_rows(N)]
    plan = read_plan(small_plan(Path(), rows, split={"schemes": ["prompt_holdout"]}))
    with pytest.raises(SplitError, match=r"essays.csv: 1 prompts without a text in common"):
        make_splits(plan, services)


def test_splits_are_followed_with_their_window_and_folds(services: Services) -> None:
    """A plan that says nothing of these takes the file's; the scheme chooses the plan."""
    run = made(services)
    for scheme in run.splits.schemes:
        dataset = followed(services, run.saved, scheme=scheme)
        assert run.splits.plan(scheme) == dataset.split
        assert (100, 3) == (dataset.origin.min_words, dataset.plan.split.folds)
    assert split_set_from_json(dataset.splits_json()).plans == (dataset.split,)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"split": {"scheme": "temporal"}},
            "scheme: temporal is asked for, .*stratified_text, prompt_holdout",
        ),
        ({"split": {"folds": 4}}, "n_splits: 4 is asked for, and splits .* has 3; leave --n-splits out"),
        (
            {"data": {"filters": {"min_words": 50}}},
            r"word_count_window.min: 50 is asked for, and splits .* has 100; leave --min-words out",
        ),
        ({"data": {"filters": {"max_words": 900}}}, "word_count_window.max: 900 is asked for, .* has None"),
        (
            {"data": {"filters": {"exclude_prompts": ["Homework"]}}},
            "dataset_excluded_prompts: 'Homework' is asked for, and splits .* has none",
        ),
        (
            {"data": {"filters": {"only_prompts": ["Homework"]}}},
            "dataset_only_prompts: 'Homework' is asked for, and splits .* has none; leave --prompt out",
        ),
        ({"data": {"kind": "ellipse"}}, "dataset_kind: ellipse is asked for, and splits .* has csv"),
    ],
    ids=["scheme", "folds", "min", "max", "excluded", "only", "kind"],
)
def test_what_a_plan_asks_otherwise_is_refused_by_name(
    services: Services, asked: dict[str, Any], said: str
) -> None:
    """The message names the field, both values and what to do."""
    saved = made(services).saved
    with pytest.raises(SplitError, match=said):
        followed(services, saved, data=asked.get("data"), **asked.get("split", {}))


def test_what_a_plan_asks_alike_is_followed(services: Services) -> None:
    """Saying the same as the file is no contradiction."""
    saved = made(services).saved
    data = {"filters": {"min_words": 100, "exclude_prompts": []}}
    assert 3 == len(followed(services, saved, data=data, folds=3).split.folds)


def test_other_essays_are_refused_by_name(services: Services) -> None:
    """A changed grade, a changed text, and another file with the same essays."""
    saved = made(services).saved
    rows = essay_rows(N)
    for edited, said in (
        (changed(rows, 3, grade="A" if rows[3]["grade"] != "A" else "F"), "labels_sha256: grades changed"),
        (changed(rows, 3, text=rows[3]["text"] + " More."), "texts_sha256: texts changed"),
        ([{**row, "more": ""} for row in rows], "dataset_sha256: the data file is another"),
        (rows[1:], "record ids: 1 essays are in the split plan and not in the data"),
    ):
        plan = read_plan(small_plan(Path(), rows))
        write_csv(Path("essays.csv"), edited)
        section = {"reuse": saved, "folds": None}
        plan = plan.model_copy(update={"split": plan.split.model_copy(update=section)})
        with pytest.raises(SplitError, match=said):
            prepare_dataset(plan, services, silent)


def _leak_into(plan: SplitPlan, leak: Callable[[SplitPlan, Fold], Fold]) -> SplitPlan:
    """The plan with an edited first fold and an id that fits."""
    edited = replace(plan, folds=(leak(plan, plan.folds[0]), *plan.folds[1:]))
    return replace(edited, id=plan_id(edited))


def _copy_of_held_out(plan: SplitPlan, fold: Fold) -> Fold:
    return replace(fold, train_ids=(*fold.train_ids, fold.validate_ids[0]))


def _locked(plan: SplitPlan, fold: Fold) -> Fold:
    return replace(fold, train_ids=(*fold.train_ids, plan.test_ids[0]))


def _exchanged(plan: SplitPlan, fold: Fold) -> Fold:
    """One training essay and one that is held out change places."""
    trains, held = fold.train_ids[-1], fold.validate_ids[0]
    return replace(
        fold, train_ids=(*fold.train_ids[:-1], held), validate_ids=(trains, *fold.validate_ids[1:])
    )


@pytest.mark.parametrize(
    ("scheme", "leak", "check"),
    [
        ("stratified_text", _copy_of_held_out, "text_in_two_folds"),
        ("stratified_text", _locked, "test_ids_in_train"),
        ("prompt_holdout", _exchanged, "prompt_in_two_folds"),
        ("temporal", _exchanged, "trained_on_the_future"),
    ],
)
def test_splits_that_were_made_to_leak_are_caught(
    services: Services, scheme: Any, leak: Callable[[SplitPlan, Fold], Fold], check: str
) -> None:
    """A file whose ids were recomputed after it was edited is followed by no experiment."""
    run = made(services, schemes=[scheme])
    splits = SplitSet((_leak_into(run.splits.plan(scheme), leak),), run.splits.origin)
    read = read_dataset(
        read_plan(small_plan(Path(), essay_rows(N), data={"filters": {"min_words": 100}})), services, silent
    )
    run.saved.write_text(json.dumps(split_set_to_json(splits, read.essays)), encoding="utf-8")
    with pytest.raises(LeakError, match=f"^{check}: ") as caught:
        followed(services, run.saved, scheme=scheme)
    assert check == caught.value.check
    assert isinstance(caught.value, InputError)


def test_a_plan_of_the_first_format_is_followed(services: Services) -> None:
    """It says nothing of window and prompts, so the plan's own count."""
    run = made(services, schemes=["stratified_text"])
    saved = read_json(run.saved)
    fields, folds = saved.pop("schemes")["stratified_text"], saved.pop("stratified_text_folds")
    old = {**saved, **fields, "schema_version": 1, "scheme": "stratified_text", "folds": folds}
    Path("old.json").write_text(json.dumps(old), encoding="utf-8")
    dataset = followed(services, Path("old.json"), data={"filters": {"min_words": 100}})
    assert run.splits.plans[0] == dataset.split
    Path("old.json").write_text(json.dumps(old | {"schema_version": 9}), encoding="utf-8")
    with pytest.raises(SplitError, match=r"old.json: the saved splits have schema_version 9"):
        followed(services, Path("old.json"))
