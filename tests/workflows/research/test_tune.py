"""Tuning: what is tried, what is selected, what is refused, and what is left behind."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import InputError, PlanError
from gradewise.telemetry import Event, StageAdvanced
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.tune import join_tuning, tune
from gradewise.workflows.research.tuning import shown_plan
from gradewise.workflows.services import Services
from small_searches import quick, selected_of, trials_of


def test_what_was_tried_is_written_down(fleeting: Services) -> None:
    """Trials are all different, the plan's own settings come first, the best is selected and makes a plan."""
    heard: list[Event] = []
    run = tune(quick(), fleeting, listener=heard.append)
    trials = trials_of(run)
    assert list(range(6)) == [trial["number"] for trial in trials]
    assert [0, 0, 1, 1, 2, 2] == [trial["batch"] for trial in trials]
    assert 6 == len({trial["hash"] for trial in trials})
    assert {
        "model.booster.max_leaves": 15,
        "model.booster.learning_rate": 0.1,
        "model.linear_share": 0.5,
    } == (trials[0]["settings"])
    best = min(
        (trial for trial in trials if trial["state"] == "complete"), key=lambda each: each["objective"]
    )
    selected = selected_of(run)
    assert (best["number"], best["settings"]) == (selected["number"], selected["settings"])
    assert best["metrics"]["rps"] == best["objective"] == selected["claimed"]["rps"]["after"]
    tuned = read_plan(run.tuned_plan)
    assert tuned.data.train.is_file()
    assert best["settings"]["model.linear_share"] == tuned.model.linear_share
    assert best["settings"]["model.booster.max_leaves"] == tuned.model.booster.max_leaves
    assert 6 + 2 * 2 == max(
        event.done for event in heard if isinstance(event, StageAdvanced) and event.stage == "search"
    )
    for name in ("html", "md", "json"):
        assert (run.directory / "reports" / f"tune_report.{name}").is_file()


def test_a_hopeless_configuration_is_given_up(fleeting: Services) -> None:
    """Given up after some folds, it has fewer of them and no figure; unless nothing is to be given up."""
    space = {"model.booster.rounds": [1, 2, 3, 4, 5, 12], "model.booster.learning_rate": [0.01, 0.1, 0.3]}
    asked = {"space": space, "trials": 14, "sampler": "random", "nested_trials": 0}
    run = tune(quick(tune=asked, folds=3), fleeting)
    pruned = [trial for trial in trials_of(run) if trial["state"] == "pruned"]
    assert pruned
    for trial in pruned:
        assert 2 == len(trial["fold_losses"])
        assert trial["objective"] is None
        assert trial["batch"] > 0
    assert "Nothing says how much of that is luck" in run.page.statements[0].text
    run = tune(quick(tune=asked | {"prune": False, "trials": 8}, folds=3), fleeting)
    assert {"complete"} == {trial["state"] for trial in trials_of(run)}


def test_a_space_that_is_exhausted_ends_the_search_in_words(fleeting: Services) -> None:
    """Where there are fewer configurations than were asked for, each is tried once, and the page says so."""
    run = tune(quick(tune={"space": {"model.booster.max_leaves": [3, 7, 15]}, "trials": 40}), fleeting)
    assert [15] == [trials_of(run)[0]["settings"]["model.booster.max_leaves"]]
    assert {3, 7, 15} == {trial["settings"]["model.booster.max_leaves"] for trial in trials_of(run)}
    assert 3 == len(trials_of(run))
    assert any(
        "holds no more than 3 configurations; 40 were asked for" in each.text for each in run.page.statements
    )


@pytest.mark.parametrize("objective", ["qwk", "rmse", "worst_prompt_qwk"])
def test_every_objective_can_be_made_best(objective: str, fleeting: Services) -> None:
    """The selected configuration has the best figure of those that were judged."""
    asked = {"objective": objective, "nested_trials": 2}
    run = tune(quick(tune=asked, data={"train": "essays.csv", "columns": {"prompt": "prompt"}},
                     compare={"min_prompt": 5}), fleeting)  # fmt: skip
    figures = [trial["objective"] for trial in trials_of(run) if trial["state"] == "complete"]
    selected = selected_of(run)
    best = min(figures) if objective == "rmse" else max(figures)
    assert best == selected["claimed"][objective]["after"]
    assert len(read_plan(run.directory / "plan.yaml").tune.space) == 3


def test_a_blocked_dataset_shows_no_figure(fleeting: Services) -> None:
    """The search runs as a smoke test: no metric in any file or on the page."""
    card = {"name": "unknown", "licence": "unknown"}
    run = tune(quick(data={"train": "essays.csv", "card": card}), fleeting)
    assert not run.metrics_allowed
    assert ["No figures"] == [each.text[:10] for each in run.page.statements]
    assert not {"metrics", "objective", "fold_losses"} & set(trials_of(run)[0])
    assert not {"claimed", "confirmed", "guards"} & set(selected_of(run))


@pytest.mark.parametrize(
    ("space", "complaint"),
    [
        ({}, "`tune.space` is empty"),
        ({"model.booster.leaves": [3]}, "'model.booster.leaves', which is no key of a plan.*max_leaves"),
        ({"model.booster": [3]}, "the section 'model.booster'; name a key in it: model.booster.rounds"),
        ({"model.seed.low": [3]}, "'model.seed.low', which is no key of a plan"),
        ({"model.booster.max_leaves": []}, "lists no value for 'model.booster.max_leaves'"),
        ({"model.booster.max_leaves": [3, 3]}, "lists 3 twice"),
        ({"model.booster.max_leaves": [3, 1]}, "max_leaves: 1: `model.booster.max_leaves` is 1"),
        ({"model.booster.max_leaves": [["3"]]}, r"lists \('3',\) for"),
        ({"model.booster.l2": {"low": 3, "high": 1}}, "from 3 to 1; `low` is the smaller one"),
        ({"model.booster.l2": {"low": 0, "high": 1, "log": True}}, "above 0"),
        ({"model.booster.l2": {"low": 1, "high": 2, "log": True, "step": 1}}, "leave `log` or `step` out"),
        ({"model.booster.max_leaves": {"low": 2, "high": 9, "step": 0.5}}, "counts in whole numbers"),
        ({"model.booster.max_leaves": {"low": 2.5, "high": 9}}, "max_leaves` is 2.5"),
        ({"model.booster.learning_rate": {"low": 0.1, "high": 2}}, "learning_rate: 2"),
        (
            {"model.probabilities": ["residuals", "multiclass"], "model.linear_share": [0.0, 0.5]},
            "linear_share: 0.5, model.probabilities: multiclass: .*needs `probabilities: residuals`",
        ),
    ],
    ids=str,
)
def test_a_space_that_makes_no_plan_is_refused(
    space: dict[str, Any], complaint: str, fleeting: Services
) -> None:
    """Before anything is written, with the key, the value and what to do."""
    with pytest.raises(PlanError, match=complaint):
        tune(quick(tune={"space": space}), fleeting)
    assert not Path("output").exists()


def test_a_choice_may_be_nothing(fleeting: Services) -> None:
    """``null`` in a list is a value like any other."""
    space = {"model.linear_share": [None, 0.2], "model.band_weights": [True, False]}
    run = tune(quick(tune={"space": space, "trials": 9, "nested_trials": 0}), fleeting)
    shares = {trial["settings"]["model.linear_share"] for trial in trials_of(run)[1:]}
    assert shares <= {None, 0.2}
    assert 4 == len(trials_of(run))


def test_what_cannot_be_searched_is_refused_beforehand(fleeting: Services) -> None:
    """No prompts for an objective about prompts, no essays for inner folds, no lasting database."""
    with pytest.raises(InputError, match="no prompt has 500 essays"):
        tune(quick(tune={"objective": "worst_prompt_qwk"}, compare={"min_prompt": 500}), fleeting)
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(PlanError, match="no other process sees"):
            tune(quick(tune={"storage": url}), fleeting)
    assert not Path("output").exists()


def test_joining_what_is_no_search_is_refused(fleeting: Services) -> None:
    """No run, a run without study, or one that was begun with other versions."""
    with pytest.raises(PlanError, match="holds no plan.yaml"):
        join_tuning(Path("nowhere"), fleeting)
    run = tune(quick(tune={"nested_trials": 0, "trials": 2}), fleeting)
    with pytest.raises(InputError, match="other versions"):
        join_tuning(run.directory, replace(fleeting, versions={"gradewise": "1"}))
    (run.directory / "artifacts" / "study.json").unlink()
    with pytest.raises(InputError, match="holds no study to join"):
        join_tuning(run.directory, fleeting)


def test_a_password_is_not_shown_on_the_page() -> None:
    """The page shows the plan without it."""
    plan = quick(tune={"storage": "postgresql://me:secret@host/studies"})
    assert "postgresql://me:***@host/studies" == shown_plan(plan).tune.storage
    assert shown_plan(quick()) == quick()
