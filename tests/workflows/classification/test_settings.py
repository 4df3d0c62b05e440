"""Settings of a learner: from a plan, varied by a search, judged by a figure."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics import accuracy_score, f1_score, log_loss

from gradewise.errors import PlanError
from gradewise.models.search import Choices, Span
from gradewise.workflows.classification.settings import (
    figure_of,
    figure_of_loss,
    loss_of_figure,
    own_settings,
    params_of,
    space_of,
)
from gradewise.workflows.plans.classifier import ClassifierPlan, ClassifierSearchPlan, Range

PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(3), size=40)
CODES = np.random.default_rng(1).integers(3, size=40)
GIVEN = PROBABILITIES.argmax(axis=1)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("macro_f1", f1_score(CODES, GIVEN, average="macro")),
        ("weighted_f1", f1_score(CODES, GIVEN, average="weighted")),
        ("accuracy", accuracy_score(CODES, GIVEN)),
        ("log_loss", log_loss(CODES, PROBABILITIES)),
    ],
    ids=str,
)
def test_figures_are_those_of_scikit_learn(metric: str, expected: float) -> None:
    """And a loss stands for its figure."""
    found = figure_of(metric, PROBABILITIES, CODES)
    assert expected == pytest.approx(found)
    assert found == pytest.approx(figure_of_loss(metric, loss_of_figure(metric, found)))
    assert np.isnan(figure_of_loss(metric, None))


def test_members_of_an_ensemble_have_the_settings_of_the_whole() -> None:
    """What a search varies reaches them."""
    plan = ClassifierPlan(learner="voting", members=("linear_svm", "gradient_boosting"), balancing="smote")
    params = params_of(plan, {"c": 3.0})
    assert ["linear_svm", "gradient_boosting"] == [member.learner for member in params.members]
    assert {(3.0, "smote")} == {(each.c, each.balancing) for each in (params, *params.members)}


def test_a_plan_says_where_its_search_looks() -> None:
    """Lists are choices, ranges spans, whole where the setting is; the plan's own settings are inside."""
    search = ClassifierSearchPlan(
        space={
            "penalty": ("l2", "none"),
            "rounds": Range(low=10, high=90),
            "c": Range(low=1, high=9, log=True),
        }
    )
    plan = ClassifierPlan(search=search)
    assert (
        Choices("penalty", ("l2", "none")),
        Span("rounds", 10, 90, whole=True),
        Span("c", 1, 9, log=True),
    ) == space_of(plan).dimensions
    assert {"penalty": "l2", "rounds": 100, "c": 10.0} == own_settings(plan, space_of(plan))
    assert "c" == space_of(ClassifierPlan()).dimensions[0].key


def test_every_learner_has_a_c_of_its_own() -> None:
    """What a plan leaves open is what is usual for the learner; in an ensemble for each member."""
    machine = ClassifierPlan(learner="linear_svm")
    assert {"c": 1.0} == own_settings(machine, space_of(machine))
    voting = ClassifierPlan(learner="voting", members=("logistic_regression", "linear_svm"))
    assert {"c": None} == own_settings(voting, space_of(voting))
    own = params_of(voting, own_settings(voting, space_of(voting)))
    assert [10.0, 1.0] == [member.c_used for member in own.members]
    assert [3.0, 3.0] == [member.c_used for member in params_of(voting, {"c": 3.0}).members]


@pytest.mark.parametrize(
    "plan",
    [
        {"learner": "linear_svm", "penalty": "elastic_net"},
        {"learner": "stacking", "penalty": "none"},
        {"learner": "linear_svm", "search": {"space": {"penalty": ["l2", "elastic_net"]}}},
    ],
    ids=["own", "member", "searched"],
)
def test_penalties_that_machines_do_not_know_are_refused(plan: dict[str, Any]) -> None:
    """Before anything is measured: alone, as a member of an ensemble, and in a search."""
    with pytest.raises(ValidationError, match="linear_svm knows the penalties l2 and l1, not"):
        ClassifierPlan.model_validate(plan)


@pytest.mark.parametrize(
    ("settings", "match"),
    [({"c": -1.0}, "above 0"), ({"rounds": "many"}, "no numbers")],
    ids=["out of range", "no number"],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], match: str) -> None:
    """In words of the plan."""
    with pytest.raises(PlanError, match=match):
        params_of(ClassifierPlan(), settings)
