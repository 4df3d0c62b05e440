"""The nested check: nothing that chooses, learns or decodes has seen the essays that are graded."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gradewise.errors import SplitError
from gradewise.essays.texts import text_hash
from gradewise.features.catalogue import WORDING
from gradewise.models.search import Settings
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.arena import Arena, read_every_fold
from gradewise.workflows.research.nested import Confirmation, confirm, inner_arenas, inner_folds
from gradewise.workflows.research.objectives import measure_of
from gradewise.workflows.runs.checkpoints import FORGETFUL
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from small_searches import BOOSTER
from trials import essay_rows, small_plan

OTHER: Settings = {"model.booster.max_leaves": 3, "model.linear_share": 0.2}


def dataset_of(services: Services, *, n_prompts: int | None = None, **changes: object) -> Dataset:
    """Essays, some of which have the text of another one, in three folds; on so many prompts, or all."""
    prompts = sorted({row["prompt"] for row in essay_rows(84)})[:n_prompts]
    rows = [row for row in essay_rows(84) if row["prompt"] in prompts]
    rows += [{**row, "id": f"copy of {row['id']}"} for row in rows[:12]]
    path = small_plan(
        Path(),
        rows,
        features={"groups": ["length"], "text_learners": ["words"]},
        model={"booster": BOOSTER},
        data={"train": "essays.csv", "columns": {"prompt": "prompt", "id": "id"}},
        **changes,
    )
    return prepare_dataset(read_plan(path), services, silent)


@pytest.fixture
def dataset(services: Services) -> Dataset:
    """Three folds by text."""
    return dataset_of(services)


@pytest.fixture
def experiment(dataset: Dataset, services: Services) -> Experiment:
    """The essays, measured."""
    return gather(dataset, services, silent)


def arena_of(experiment: Experiment) -> Arena:
    """Where configurations compete on its folds."""
    return Arena(
        name="search",
        plan=experiment.dataset.plan,
        experiment=experiment,
        objective="rps",
        measure=measure_of(min_prompt=30, by_prompt=False),
        checkpoints=FORGETFUL,
    )


def test_inner_folds_stay_within_their_training_part(dataset: Dataset) -> None:
    """They cover it, hold each essay out once, and part no copies of a text."""
    texts = {essay.id: text_hash(essay.text) for essay in dataset.essays}
    for fold, inner in zip(dataset.split.folds, inner_folds(dataset), strict=True):
        held_out = [essay_id for each in inner for essay_id in each.validate_ids]
        assert sorted(fold.train_ids) == sorted(held_out)
        for each in inner:
            assert set(fold.train_ids) == {*each.train_ids, *each.validate_ids}
            assert not {texts[i] for i in each.train_ids} & {texts[i] for i in each.validate_ids}


def test_inner_folds_of_the_split_are_used(services: Services) -> None:
    """Where the split plan has them, none are made; and they are the same every time."""
    dataset = dataset_of(services, split={"folds": 2, "inner_folds": 2})
    assert tuple(fold.inner for fold in dataset.split.folds) == inner_folds(dataset)
    assert [2, 2] == [len(inner) for inner in inner_folds(dataset)]
    made = dataset_of(services, split={"folds": 2})
    assert inner_folds(made) == inner_folds(made)


def test_a_training_part_that_cannot_be_divided_is_named(services: Services) -> None:
    """With few prompts, held out whole, nothing is left to divide; the message says how to go on."""
    dataset = dataset_of(services, n_prompts=4, split={"folds": 2, "scheme": "prompt_holdout"})
    with pytest.raises(SplitError, match="fold 0 cannot be divided.*tune.nested_trials: 0"):
        inner_folds(dataset)


def confirmed(experiment: Experiment) -> tuple[tuple[Arena, ...], Confirmation]:
    """The inner arenas, and what another configuration and the plan's own say of held-out essays."""
    arena = arena_of(experiment)
    inner = inner_arenas(arena, inner_folds(experiment.dataset), silent)
    models = [arena.model(OTHER)] * arena.n_folds
    return inner, confirm(arena, inner, models, arena.model({}), workers=2)


def test_grades_of_held_out_essays_reach_nothing(experiment: Experiment) -> None:
    """With other grades in the essays of a fold, its inner search and its predictions stay to the bit."""
    rows = experiment.folds[0].validate_rows
    codes = experiment.train_codes.copy()
    codes[rows] = 7 - codes[rows]
    before, after = (
        confirmed(each)
        for each in (experiment, replace(experiment, overall=replace(experiment.overall, train_codes=codes)))
    )
    readings = [read_every_fold(inner[0], inner[0].model(OTHER)) for inner, _ in (before, after)]
    for own, other in zip(*readings, strict=True):
        np.testing.assert_array_equal(own.held_out.scores, other.held_out.scores)
    n = len(rows)
    for said in ("own", "tuned"):
        first, second = (getattr(each[1], said) for each in (before, after))
        np.testing.assert_array_equal(first.predicted_codes[:n], second.predicted_codes[:n])
        np.testing.assert_array_equal(first.probabilities[:n], second.probabilities[:n])
        assert not np.array_equal(first.true_codes[:n], second.true_codes[:n])
    changed = read_every_fold(after[0][1], after[0][1].model(OTHER))[0].held_out.scores
    assert not np.array_equal(
        read_every_fold(before[0][1], before[0][1].model(OTHER))[0].held_out.scores, changed
    )


def test_wording_is_learnt_within_inner_folds(experiment: Experiment) -> None:
    """Each inner fold sees columns of its own; what was measured is the same for all."""
    inner = inner_arenas(arena_of(experiment), inner_folds(experiment.dataset), silent)
    views = [view for arena in inner for view in arena.experiment.views]
    wording = [column for column, spec in enumerate(views[0].schema.specs) if spec.group == WORDING]
    measured = [column for column in range(len(views[0].schema)) if column not in wording]
    assert 1 == len(wording)
    for view in views:
        np.testing.assert_array_equal(experiment.train_matrix.values[:, measured], view.values[:, measured])
    different = {view.values[:, wording].tobytes() for view in views}
    assert len(views) == len(different)


def test_every_essay_is_graded_once_by_both(experiment: Experiment) -> None:
    """Both ways grade the same essays in the same order, each beside its own grade."""
    _, found = confirmed(experiment)
    assert found.own.essay_ids == found.tuned.essay_ids
    assert sorted(essay.id for essay in experiment.train) == sorted(found.own.essay_ids)
    labels = {essay.id: essay.label or "" for essay in experiment.train}
    code = partial(experiment.dataset.scale.code)
    assert [code(labels[i]) for i in found.tuned.essay_ids] == found.tuned.true_codes.tolist()
    assert not np.array_equal(found.own.scores, found.tuned.scores)
