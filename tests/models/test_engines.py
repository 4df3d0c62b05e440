"""Both engines: the contract, exact routing, readers of native models, errors."""

import importlib
import json
import pickle
from types import ModuleType
from typing import Any, NoReturn

import lightgbm
import numpy as np
import pytest
import xgboost

from gradewise.errors import MissingDependencyError, PlanError, TrainingError
from gradewise.models import lightgbm_booster, xgboost_booster
from gradewise.models.boosters import Booster, FittedBooster
from gradewise.models.engines import ENGINES, find_booster
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.samples import Sample
from gradewise.models.shapley import TreeExplainer
from gradewise.models.xgboost_booster import XGBoostBooster
from gradewise.testing.contracts.booster import PARAMS, BoosterContract, made_up_sample, rows_at_thresholds


class TestLightGBM(BoosterContract):
    """LightGBM keeps the contract; it sums in double precision."""

    tolerance = 1e-12

    def make_booster(self) -> Booster:
        """A new one."""
        return LightGBMBooster()


class TestXGBoost(BoosterContract):
    """XGBoost keeps the contract; it sums in single precision."""

    tolerance = 1e-5

    def make_booster(self) -> Booster:
        """A new one."""
        return XGBoostBooster()


def fit(booster: Booster, sample: Sample) -> FittedBooster:
    """Fit with small parameters."""
    return booster.fit(sample, params=PARAMS, seed=1, n_threads=1)


def weighted_sample() -> Sample:
    """The made-up sample with uneven weights."""
    sample = made_up_sample()
    weights = np.random.default_rng(5).uniform(0.2, 3.0, len(sample.targets))
    return Sample(sample.values, sample.targets, weights)


def native_xgboost(fitted: FittedBooster) -> Any:
    """XGBoost's own model."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(fitted.native_text, "utf-8"))
    return booster


def test_lightgbm_routes_exactly() -> None:
    """Each row reaches the very leaf that LightGBM names, also at thresholds."""
    fitted = fit(LightGBMBooster(), made_up_sample())
    rows = rows_at_thresholds(fitted.ensemble)
    leaf = lightgbm.Booster(model_str=fitted.native_text).predict(rows, pred_leaf=True)
    sizes = np.diff([*fitted.ensemble.roots, fitted.ensemble.n_nodes])
    assert np.array_equal(leaf, fitted.ensemble.leaves(rows) - fitted.ensemble.roots - sizes // 2)


def test_xgboost_routes_exactly() -> None:
    """Each row reaches the very leaf that XGBoost names, also at thresholds."""
    fitted = fit(XGBoostBooster(), made_up_sample())
    rows = rows_at_thresholds(fitted.ensemble)
    leaf = native_xgboost(fitted).predict(xgboost.DMatrix(rows), pred_leaf=True)
    assert np.array_equal(leaf, fitted.ensemble.leaves(rows) - fitted.ensemble.roots)


@pytest.mark.parametrize("sample", [made_up_sample(), weighted_sample()], ids=["plain", "weighted"])
def test_contributions_are_those_of_lightgbm(sample: Sample) -> None:
    """Contributions and expected value are those that LightGBM computes, weights or not."""
    fitted = fit(LightGBMBooster(), sample)
    model = lightgbm.Booster(model_str=fitted.native_text)
    native = np.asarray(model.predict(sample.values, pred_contrib=True))
    explainer = TreeExplainer(fitted.ensemble)
    assert np.allclose(native[:, :-1], explainer.contributions_many(sample.values), rtol=0, atol=1e-10)
    assert np.allclose(native[:, -1], explainer.expected_value, rtol=0, atol=1e-10)


@pytest.mark.parametrize("sample", [made_up_sample(), weighted_sample()], ids=["plain", "weighted"])
def test_contributions_are_those_of_xgboost(sample: Sample) -> None:
    """Contributions and expected value are those that XGBoost computes in single precision."""
    fitted = fit(XGBoostBooster(), sample)
    native = native_xgboost(fitted).predict(xgboost.DMatrix(sample.values), pred_contribs=True)
    explainer = TreeExplainer(fitted.ensemble)
    assert np.allclose(native[:, :-1], explainer.contributions_many(sample.values), rtol=0, atol=1e-5)
    assert np.allclose(native[:, -1], explainer.expected_value, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ENGINES)
def test_fitted_booster_crosses_processes(name: str) -> None:
    """A fitted booster can be sent to another process and predicts the same there."""
    fitted = fit(find_booster(name), made_up_sample())
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301 (written on this line)
    values = made_up_sample(seed=1).values
    assert np.array_equal(fitted.margins(values), copy.margins(values))


def test_reads_both_spellings_of_the_xgboost_intercept() -> None:
    """An intercept is read from a list, as version 3 writes it, and from a bare number."""
    fitted = fit(XGBoostBooster(), made_up_sample())
    model = json.loads(fitted.native_text)
    for text in ("[3.125E0]", "3.125"):
        model["learner"]["learner_model_param"]["base_score"] = text
        assert xgboost_booster.read_json(json.dumps(model))[0].base == 3.125


def test_finds_engines_by_name() -> None:
    """Every engine is found under its own name, the default first."""
    assert list(ENGINES) == ["lightgbm", "xgboost"]
    assert list(ENGINES) == [find_booster(name).name for name in ENGINES]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("lightgmb", "did you mean 'lightgbm'"), ("catboost-gpu-9", "choose one of: lightgbm, xgboost")],
)
def test_unknown_engine_is_refused_with_a_hint(name: str, hint: str) -> None:
    """An unknown name is answered with the nearest one, or with all."""
    with pytest.raises(PlanError, match=hint):
        find_booster(name)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("lightgbm", "pip install lightgbm"), ("xgboost", r"pip install 'gradewise\[xgboost\]'")],
)
def test_missing_library_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, remedy: str
) -> None:
    """Without its library an engine can be named; using it says what to install."""

    def refuse(module: str) -> NoReturn:
        raise ImportError(module)

    monkeypatch.setattr(importlib, "import_module", refuse)
    booster = find_booster(name)
    with pytest.raises(MissingDependencyError, match=remedy):
        fit(booster, made_up_sample())


@pytest.mark.parametrize(
    ("booster", "library", "failure"),
    [
        (LightGBMBooster(), lightgbm, lightgbm.basic.LightGBMError),
        (XGBoostBooster(), xgboost, xgboost.core.XGBoostError),
    ],
    ids=["lightgbm", "xgboost"],
)
def test_failure_of_a_library_is_translated(
    monkeypatch: pytest.MonkeyPatch, booster: Booster, library: ModuleType, failure: type[Exception]
) -> None:
    """What a library raises arrives as one line of our own, with its cause attached."""

    def fail(*_: object, **__: object) -> NoReturn:
        message = "[01:02:03] somewhere.cc:1:\nno memory"
        raise failure(message)

    monkeypatch.setattr(library, "train", fail)
    with pytest.raises(TrainingError, match=r"^\w+ could not train: [^\n]*no memory$") as caught:
        fit(booster, made_up_sample())
    assert isinstance(caught.value.__cause__, failure)


def test_tree_depth_without_limit_is_spelled_for_each_engine() -> None:
    """No limit is -1 for LightGBM and 0 for XGBoost."""
    spelled = [
        module.native_params(PARAMS, seed=1, n_threads=1)["max_depth"]
        for module in (lightgbm_booster, xgboost_booster)
    ]
    assert spelled == [-1, 0]
