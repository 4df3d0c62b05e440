"""The grader: features in, score, probabilities and grade out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.scales import Codes, Scale
from gradewise.features.schema import FeatureSchema
from gradewise.models.boosters import FittedBooster
from gradewise.models.calibration import CalibrationKind, Calibrator, fit_calibrator
from gradewise.models.decisions import Cuts, DecisionKind, decide, fit_cuts
from gradewise.models.piecewise import PiecewiseLinear
from gradewise.models.predictions import GradePredictions, Scores, differences
from gradewise.models.residuals import cumulative_probabilities, fit_residual_cdf
from gradewise.models.trees import TreeEnsemble


@dataclass(frozen=True, slots=True, eq=False)
class Decoding:
    """How a score becomes probabilities and a grade; learnt from scores of essays that were held out."""

    cdf: PiecewiseLinear
    """How far grades lie from scores."""
    calibrator: Calibrator
    """What makes the probabilities mean what they say."""
    cuts: Cuts
    """Where one grade ends and the next begins, on the score."""

    @property
    def n_grades(self) -> int:
        """How many grades the scale has."""
        return len(self.cuts) + 1

    def decode(self, scores: Scores) -> GradePredictions:
        """What scores (shape ``(n,)``) say about grades."""
        raw = cumulative_probabilities(scores, self.cdf, n_grades=self.n_grades)
        cumulative = self.calibrator(raw)
        return GradePredictions(scores, cumulative, differences(cumulative), decide(scores, self.cuts))


def fit_decoding(
    scores: Scores, codes: Codes, *, n_grades: int, calibration: CalibrationKind, decision: DecisionKind
) -> Decoding:
    """Learn to decode from scores (shape ``(n,)``) of essays that the trees have not seen.

    Raises:
        TrainingError: there is no score, or one is not finite.
    """
    cuts = fit_cuts(decision, scores, codes, n_grades=n_grades)
    cdf = fit_residual_cdf(codes.astype(np.float64) - scores)
    raw = cumulative_probabilities(scores, cdf, n_grades=n_grades)
    return Decoding(cdf, fit_calibrator(calibration, raw, codes), cuts)


@dataclass(frozen=True, slots=True, eq=False)
class Grader:
    """A trained model: one score function, and how it is read on a scale."""

    ensemble: TreeEnsemble
    """The score function."""
    decoding: Decoding
    """From a score to probabilities and a grade."""
    scale: Scale
    """What the codes mean."""
    schema: FeatureSchema
    """What the columns mean."""

    def __post_init__(self) -> None:
        if self.decoding.n_grades != self.scale.n_grades:
            raise TrainingError(
                f"the decoding knows {self.decoding.n_grades} grades, scale {self.scale.name} has "
                f"{self.scale.n_grades}; train the model on this scale"
            )
        if self.ensemble.n_features != len(self.schema):
            raise TrainingError(
                f"the trees read {self.ensemble.n_features} features, the schema has {len(self.schema)}"
            )

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """What the model says of essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            InputError: the rows have another width.
        """
        return self.decoding.decode(self.ensemble.predict(values).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class EngineGrader:
    """The same model with scores from the engine's own library: the other side of a parity check.

    LightGBM sums in double precision, as `TreeEnsemble` does; XGBoost in single precision, so that a score
    within about 1e-6 of a cut may fall to its other side.
    """

    booster: FittedBooster
    """What the engine learnt."""
    decoding: Decoding
    """From a score to probabilities and a grade."""

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """What the model says of essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            MissingDependencyError: the engine's library is not installed.
        """
        return self.decoding.decode(self.booster.predict(values).astype(np.float32))
