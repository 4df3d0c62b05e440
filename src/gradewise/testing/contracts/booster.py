"""What every booster must do, whatever library it stands on."""

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.boosters import Booster, BoosterParams, FittedBooster
from gradewise.models.objectives import OBJECTIVES, Objective
from gradewise.models.predictions import differences
from gradewise.models.samples import Sample
from gradewise.models.trees import TreeEnsemble

PARAMS = BoosterParams(rounds=25, learning_rate=0.1, max_leaves=7, min_child=5, early_stopping_rounds=10)
"""Small enough for a quick test; two essays in ten and four features in ten are left out of each tree."""


N_GRADES = 5
"""Grades of `made_up_grades`."""


def made_up_sample(*, seed: int = 0, n: int = 160) -> Sample:
    """Six features, half of them integers full of ties, and a target that needs several of them."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1.5, size=(n, 3))
    values = np.concatenate([counts, rng.normal(size=(n, 3))], axis=1).astype(np.float32)
    noise = rng.normal(scale=0.3, size=n)
    return Sample(values, 3.0 + 0.6 * values[:, 0] - np.abs(values[:, 3]) + values[:, 4] + noise)


def made_up_grades(*, seed: int = 0, n: int = 160) -> Sample:
    """The same features with five grades, of which the best is rare."""
    sample = made_up_sample(seed=seed, n=n)
    grades = np.clip(np.floor(sample.targets), 0, N_GRADES - 1)
    return replace(sample, targets=grades)


every_objective = pytest.mark.parametrize(
    "objective", [kind(N_GRADES) for kind in OBJECTIVES.values()], ids=list(OBJECTIVES)
)
"""Every loss but squared error, over the grades of `made_up_grades`."""


class BoosterContract(ABC):
    """Subclass it as ``TestMyBooster``, say which booster and how close its sums are, and run pytest."""

    tolerance: float
    """Largest relative difference of predictions that summing in the library's own precision explains."""

    @abstractmethod
    def make_booster(self) -> Booster:
        """The booster to try."""

    def fit(
        self,
        sample: Sample,
        *,
        params: BoosterParams = PARAMS,
        seed: int = 1,
        n_threads: int = 1,
        valid: Sample | None = None,
        objective: Objective | None = None,
    ) -> FittedBooster:
        """Fit with small defaults."""
        return self.make_booster().fit(
            sample, params=params, seed=seed, n_threads=n_threads, valid=valid, objective=objective
        )

    def test_is_a_booster(self) -> None:
        """It has the protocol's members, and fitted trees carry its name."""
        booster = self.make_booster()
        assert isinstance(booster, Booster)
        assert self.fit(made_up_sample()).engine == booster.name

    def test_learns(self) -> None:
        """Predictions on new rows are far closer to the target than its mean is."""
        train, fresh = made_up_sample(), made_up_sample(seed=1)
        fitted = self.fit(train, params=replace(PARAMS, rounds=100))
        error = np.mean((fitted.ensemble.predict(fresh.values) - fresh.targets) ** 2)
        assert error < 0.4 * fresh.targets.var()

    def test_grows_the_rounds_asked_for(self) -> None:
        """Without a validation sample every round is grown and used."""
        fitted = self.fit(made_up_sample())
        assert (PARAMS.rounds, PARAMS.rounds) == (fitted.rounds, fitted.ensemble.n_trees)

    def test_limits_leaves_and_depth(self) -> None:
        """Trees respect both limits, and need them."""
        deep = self.fit(made_up_sample())
        shallow = self.fit(made_up_sample(), params=replace(PARAMS, max_depth=2))
        assert shallow.ensemble.depth == 2 < deep.ensemble.depth  # noqa: PLR2004 (as asked)
        assert np.diff([*deep.ensemble.roots, deep.ensemble.n_nodes]).max() == 2 * PARAMS.max_leaves - 1

    def test_stops_at_the_best_round(self) -> None:
        """Early stopping keeps the first trees of the full fit, up to the lowest validation RMSE."""
        train, valid = made_up_sample(), made_up_sample(seed=1)
        params = replace(PARAMS, rounds=400, learning_rate=0.3)
        fitted = self.fit(train, params=params, valid=valid)
        full = self.fit(train, params=replace(params, rounds=fitted.rounds + params.early_stopping_rounds))
        errors = _staged_errors(full.ensemble, valid)
        assert fitted.rounds == fitted.ensemble.n_trees == int(np.argmin(errors)) + 1 < params.rounds
        same = fitted.ensemble.predict(valid.values) - valid.targets
        assert np.isclose(errors.min(), np.mean(same**2), rtol=self.tolerance)

    def test_native_trees_stop_there_too(self) -> None:
        """The native form of early-stopped trees predicts what the arrays predict."""
        fitted = self.fit(
            made_up_sample(), params=replace(PARAMS, learning_rate=0.5), valid=made_up_sample(seed=1)
        )
        self._assert_parity(fitted, made_up_sample(seed=2).values)

    def test_agrees_with_its_library(self) -> None:
        """Arrays and library agree on new rows, ties and zeros included."""
        fitted = self.fit(made_up_sample())
        self._assert_parity(fitted, made_up_sample(seed=1, n=500).values)

    def test_agrees_at_every_threshold(self) -> None:
        """Arrays and library agree where a feature equals a threshold and on the floats beside it."""
        fitted = self.fit(made_up_sample())
        self._assert_parity(fitted, rows_at_thresholds(fitted.ensemble))

    def test_thresholds_fit_float32(self) -> None:
        """Every threshold survives single precision unchanged, so that exported trees route alike."""
        threshold = self.fit(made_up_sample()).ensemble.threshold
        assert np.array_equal(threshold, threshold.astype(np.float32))

    def test_is_deterministic(self) -> None:
        """The same seed gives the same bytes, by another instance as well."""
        first, second = (self.fit(made_up_sample()).native_text for _ in range(2))
        assert first == second

    def test_ignores_the_number_of_threads(self) -> None:
        """One thread and three grow the same trees."""
        one, three = (self.fit(made_up_sample(n=600), n_threads=n).ensemble for n in (1, 3))
        assert _equal(one, three)

    def test_seeds_differ(self) -> None:
        """Another seed draws other rows and features."""
        assert not _equal(self.fit(made_up_sample()).ensemble, self.fit(made_up_sample(), seed=2).ensemble)

    def test_weights_pull(self) -> None:
        """Essays with much weight are fitted more closely than the same essays with little."""
        sample = made_up_sample()
        heavy = np.arange(len(sample.targets)) % 8 == 0
        light = np.where(heavy, 0.2, 1.0)
        errors = []
        for weights in (np.where(heavy, 10.0, 1.0), light):
            fitted = self.fit(replace(sample, weights=weights))
            errors.append(np.mean((fitted.ensemble.predict(sample.values) - sample.targets)[heavy] ** 2))
        assert errors[0] < errors[1]

    def test_scale_of_weights_is_nothing(self) -> None:
        """Weights count beside each other: all of them doubled changes nothing."""
        sample = made_up_sample()
        weights = np.random.default_rng(0).uniform(0.5, 2.0, len(sample.targets))
        once, twice = (self.fit(replace(sample, weights=weights * by)).ensemble for by in (1, 2))
        assert _equal(once, twice)

    def test_constant_target(self) -> None:
        """A target that never varies is predicted everywhere."""
        sample = made_up_sample()
        fitted = self.fit(replace(sample, targets=np.full(len(sample.targets), 2.5)))
        assert fitted.rounds == fitted.ensemble.n_trees
        assert np.allclose(fitted.ensemble.predict(sample.values), 2.5)

    def test_constant_target_with_validation(self) -> None:
        """Early stopping copes with a target that never varies."""
        sample = made_up_sample()
        constant = replace(sample, targets=np.full(len(sample.targets), 2.5))
        fitted = self.fit(constant, valid=constant)
        assert np.allclose(fitted.ensemble.predict(sample.values), 2.5)

    def test_constant_feature(self) -> None:
        """Features that never vary leave the mean."""
        targets = np.arange(60.0) % 4
        fitted = self.fit(Sample(np.ones((60, 2), dtype=np.float32), targets))
        assert np.allclose(fitted.ensemble.predict(np.ones((1, 2), dtype=np.float32)), 1.5, atol=0.2)
        self._assert_parity(fitted, np.zeros((1, 2), dtype=np.float32))

    def test_one_feature(self) -> None:
        """One column is enough."""
        sample = made_up_sample()
        fitted = self.fit(Sample(sample.values[:, :1], sample.targets))
        assert fitted.ensemble.n_features == 1
        self._assert_parity(fitted, sample.values[:, :1])

    @pytest.mark.parametrize(("n", "bagging_fraction"), [(20, 0.8), (3, 0.1), (1, 0.8)])
    def test_few_rows(self, n: int, bagging_fraction: float) -> None:
        """Twenty rows fit, although the default leaf asks for that many; so do bags that stay empty."""
        sample = made_up_sample(n=n)
        params = BoosterParams(rounds=5, bagging_fraction=bagging_fraction)
        fitted = self.fit(sample, params=params, valid=sample)
        low, high = sample.targets.min(), sample.targets.max()
        predicted = fitted.ensemble.predict(sample.values)
        assert ((low - 1e-6 <= predicted) & (predicted <= high + 1e-6)).all()
        self._assert_parity(fitted, sample.values)

    @pytest.mark.parametrize("direction", [1, -1])
    def test_monotone(self, direction: int) -> None:
        """A constrained feature never moves the prediction the other way."""
        sample = made_up_sample()
        free, bound = PARAMS, replace(PARAMS, monotone=(0, 0, 0, direction, 0, 0))
        assert not self._is_monotone(self.fit(sample, params=free).ensemble, direction=direction)
        assert self._is_monotone(self.fit(sample, params=bound).ensemble, direction=direction)

    def test_refuses_another_width(self) -> None:
        """A validation sample or constraints of another width are refused."""
        sample = made_up_sample()
        with pytest.raises(InputError, match="validation sample has 2 features"):
            self.fit(sample, valid=Sample(sample.values[:, :2], sample.targets))
        with pytest.raises(InputError, match="1 monotone constraints for 6 features"):
            self.fit(sample, params=replace(PARAMS, monotone=(1,)))

    def test_is_silent(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Nothing is printed, not even where the library would warn."""
        sample = made_up_sample(n=20)
        constant = replace(sample, targets=np.ones(20))
        for data in (sample, constant):
            self.fit(data, params=BoosterParams(rounds=60), valid=data).margins(sample.values)
        assert tuple(capfd.readouterr()) == ("", "")

    @every_objective
    def test_learns_grades(self, objective: Objective) -> None:
        """New essays' grades are far more probable than by how frequent grades are."""
        train, fresh = made_up_grades(n=400), made_up_grades(seed=1)
        fitted = self.fit(train, params=replace(PARAMS, rounds=60), objective=objective)
        assert len(fitted.forests) == objective.n_outputs
        descent = objective.begin(train)
        shares = np.bincount(train.targets.astype(np.int64), minlength=N_GRADES) / len(train.targets)
        link = descent.link(_margins(fitted, train))
        found = differences(link.cumulative(_margins(fitted, fresh)))
        right = np.arange(len(fresh.targets)), fresh.targets.astype(np.int64)
        assert np.log(found[right]).mean() > 0.75 * np.log(shares[right[1]]).mean()

    @every_objective
    def test_stops_at_the_best_round_of_an_objective(self, objective: Objective) -> None:
        """Early stopping keeps the first trees of the full fit, up to the lowest validation loss."""
        train, valid = made_up_grades(), made_up_grades(seed=1)
        params = replace(PARAMS, rounds=400, learning_rate=0.3)
        fitted = self.fit(train, params=params, valid=valid, objective=objective)
        rounds = fitted.rounds + params.early_stopping_rounds
        full = self.fit(train, params=replace(params, rounds=rounds), objective=objective)
        losses = _staged_losses(full, objective, train=train, valid=valid)
        assert fitted.rounds == int(np.argmin(losses)) + 1 < params.rounds
        assert {fitted.rounds} == {forest.n_trees for forest in fitted.forests}
        self._assert_parity(fitted, made_up_grades(seed=2).values)

    @every_objective
    def test_agrees_with_its_library_on_every_output(self, objective: Objective) -> None:
        """Arrays and library agree for each forest, on new rows and at thresholds."""
        fitted = self.fit(made_up_grades(), objective=objective)
        self._assert_parity(fitted, made_up_grades(seed=1, n=500).values)
        for forest in fitted.forests:
            self._assert_parity(fitted, rows_at_thresholds(forest))

    @every_objective
    def test_an_objective_is_deterministic(self, objective: Objective) -> None:
        """The same seed gives the same bytes, whatever the number of threads; another seed gives others."""
        train = made_up_grades()
        first, second, other = (
            self.fit(train, objective=objective, n_threads=threads, seed=seed).forests
            for threads, seed in ((1, 1), (3, 1), (1, 2))
        )
        assert all(_equal(one, two) for one, two in zip(first, second, strict=True))
        assert not all(_equal(one, two) for one, two in zip(first, other, strict=True))

    @every_objective
    def test_an_objective_weighs_rows(self, objective: Objective) -> None:
        """Doubling all weights changes nothing, uneven ones do."""
        train = made_up_grades()
        weights = np.random.default_rng(0).uniform(0.5, 2.0, len(train.targets))
        plain, once, twice = (
            self.fit(replace(train, weights=chosen), objective=objective).forests[0]
            for chosen in (None, weights, 2 * weights)
        )
        assert _equal(once, twice)
        assert not _equal(plain, once)

    @every_objective
    def test_an_objective_copes_with_one_grade(self, objective: Objective) -> None:
        """Where every essay has the same grade there is something finite to predict, and nothing is said."""
        train = made_up_grades()
        same = replace(train, targets=np.full(len(train.targets), 3.0))
        fitted = self.fit(same, valid=same, objective=objective)
        assert np.isfinite(_margins(fitted, same)).all()

    @pytest.mark.parametrize("kind", ["cumulative_link", "frank_hall"])
    def test_an_ordered_objective_is_monotone(self, kind: str) -> None:
        """A constrained feature never lowers a margin."""
        bound = replace(PARAMS, monotone=(0, 0, 0, 1, 0, 0))
        fitted = self.fit(made_up_grades(), params=bound, objective=OBJECTIVES[kind](N_GRADES))
        for forest in fitted.forests:
            assert self._is_monotone(forest, direction=1)

    def test_an_objective_is_silent(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Nothing is printed for other losses either."""
        few = made_up_grades(n=20)
        for kind in OBJECTIVES.values():
            fitted = self.fit(few, params=BoosterParams(rounds=5), valid=few, objective=kind(N_GRADES))
            fitted.margins(few.values)
        assert tuple(capfd.readouterr()) == ("", "")

    def _assert_parity(self, fitted: FittedBooster, values: NDArray[np.float32]) -> None:
        arrays = np.stack([forest.predict(values) for forest in fitted.forests], axis=1)
        assert np.allclose(fitted.margins(values), arrays, rtol=self.tolerance, atol=self.tolerance)

    def _is_monotone(self, forest: TreeEnsemble, *, direction: int) -> bool:
        grid = np.repeat(made_up_sample(seed=3, n=30).values, 50, axis=0)
        grid[:, 3] = np.tile(np.linspace(-3, 3, 50, dtype=np.float32), 30)
        steps = np.diff(forest.predict(grid).reshape(30, 50), axis=1)
        return bool((direction * steps >= -1e-12).all())  # noqa: PLR2004 (rounding of the sum)


def rows_at_thresholds(ensemble: TreeEnsemble) -> NDArray[np.float32]:
    """For every split, rows with its feature at the threshold and at the float32 on either side."""
    inner = np.flatnonzero(~ensemble.is_leaf)
    at = ensemble.threshold[inner].astype(np.float32)
    beside = [np.nextafter(at, np.float32(-np.inf)), at, np.nextafter(at, np.float32(np.inf))]
    rows = np.zeros((3 * len(inner), ensemble.n_features), dtype=np.float32)
    rows[np.arange(len(rows)), np.tile(ensemble.feature[inner], 3)] = np.concatenate(beside)
    return rows


def _staged_errors(ensemble: TreeEnsemble, sample: Sample) -> NDArray[np.float64]:
    """Mean squared error after each tree: shape ``(n_trees,)``."""
    added = ensemble.value[ensemble.leaves(sample.values)]
    staged = ensemble.base + np.cumsum(added, axis=1)
    errors: NDArray[np.float64] = np.mean((staged - sample.targets[:, None]) ** 2, axis=0)
    return errors


def _staged_losses(full: FittedBooster, objective: Objective, *, train: Sample, valid: Sample) -> list[float]:
    """Validation loss after each round, asked in the order in which an engine asks."""

    def staged(sample: Sample) -> NDArray[np.float64]:
        added = [forest.value[forest.leaves(sample.values)] for forest in full.forests]
        return np.cumsum(np.stack(added, axis=2), axis=1)

    descent, seen, watched = objective.begin(train), staged(train), staged(valid)
    losses = []
    for number in range(full.rounds):
        descent.gradients(seen[:, number - 1] if number else _nothing(train, objective))
        losses.append(descent.loss(watched[:, number], valid))
    return losses


def _margins(fitted: FittedBooster, sample: Sample) -> NDArray[np.float64]:
    return np.stack([forest.predict(sample.values) for forest in fitted.forests], axis=1)


def _nothing(sample: Sample, objective: Objective) -> NDArray[np.float64]:
    return np.zeros((len(sample.targets), objective.n_outputs))


def _equal(first: TreeEnsemble, second: TreeEnsemble) -> bool:
    one, other = first.to_arrays(), second.to_arrays()
    return all(np.array_equal(array, other[name]) for name, array in one.items())
