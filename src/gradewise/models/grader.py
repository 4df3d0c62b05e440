"""The grader: features in, score, probabilities and grade out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureSchema
from gradewise.models.boosters import FittedBooster
from gradewise.models.calibration import CalibrationKind, Calibrator, fit_calibrator
from gradewise.models.decisions import Cuts, DecisionKind, decide, fit_cuts
from gradewise.models.piecewise import Floats, PiecewiseLinear
from gradewise.models.predictions import GradePredictions, differences
from gradewise.models.residuals import cumulative_probabilities, fit_residual_cdf
from gradewise.models.score_models import Readings, ScoreModel, single


@dataclass(frozen=True, slots=True, eq=False)
class Decoding:
    """How readings become probabilities and a grade; learnt from readings of essays that were held out."""

    cdf: PiecewiseLinear | None
    """How far grades lie from scores; ``None`` where readings hold probabilities of their own."""
    calibrator: Calibrator
    """What makes the probabilities mean what they say."""
    cuts: Cuts
    """Where one grade ends and the next begins, on the score."""

    @property
    def n_grades(self) -> int:
        """How many grades the scale has."""
        return len(self.cuts) + 1

    def decode(self, readings: Readings) -> GradePredictions:
        """What readings of ``n`` essays say about grades."""
        scores, raw = readings.scores, _raw_probabilities(readings, self.cdf, n_grades=self.n_grades)
        cumulative = self.calibrator(raw)
        return GradePredictions(scores, cumulative, differences(cumulative), decide(scores, self.cuts))


def fit_decoding(
    readings: Readings, codes: Codes, *, n_grades: int, calibration: CalibrationKind, decision: DecisionKind
) -> Decoding:
    """Learn to decode from readings of ``n`` essays that the trees have not seen.

    Raises:
        TrainingError: there is no score, or one is not finite.
    """
    scores = readings.scores
    cuts = fit_cuts(decision, scores, codes, n_grades=n_grades)
    cdf = fit_residual_cdf(codes.astype(np.float64) - scores) if readings.cumulative is None else None
    raw = _raw_probabilities(readings, cdf, n_grades=n_grades)
    return Decoding(cdf, fit_calibrator(calibration, raw, codes), cuts)


def _raw_probabilities(readings: Readings, cdf: PiecewiseLinear | None, *, n_grades: int) -> Floats:
    """P(code <= k) before calibration: shape ``(n, n_grades - 1)``."""
    if cdf is None and readings.cumulative is not None:
        return readings.cumulative
    if cdf is not None and readings.cumulative is None:
        return cumulative_probabilities(readings.scores, cdf, n_grades=n_grades)
    raise TrainingError(
        "probabilities come from how far grades lie from scores or from the score model itself, never both; "
        "decode with what was learnt from readings of the same kind"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Grader:
    """A trained model: how scores are made, and how they are read on a scale."""

    model: ScoreModel
    """From features to a score, perhaps with probabilities."""
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
        if self.model.n_features != len(self.schema):
            raise TrainingError(
                f"the trees read {self.model.n_features} features, the schema has {len(self.schema)}"
            )
        needed = self.scale.n_grades if self.decoding.cdf is None else None
        if self.model.n_grades != needed:
            raise TrainingError(
                f"the score model has probabilities of {self.model.n_grades or 'no'} grades, decoding needs "
                f"them of {needed or 'no'} grades; learn to decode from readings of this model"
            )

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """What the model says of essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            InputError: the rows have another width.
        """
        return self.decoding.decode(self.model.read(values))


@dataclass(frozen=True, slots=True, eq=False)
class EngineGrader:
    """The same model with sums of trees from the engines' own libraries: the other side of a parity check.

    LightGBM sums in double precision, as `TreeEnsemble` does; XGBoost in single precision, so that a score
    within about 1e-6 of a cut may fall to its other side.
    """

    boosters: Sequence[FittedBooster]
    """What the engines learnt: the members of the model."""
    model: ScoreModel
    """Everything but the trees is taken from it."""
    decoding: Decoding
    """From a score to probabilities and a grade."""

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """What the model says of essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            MissingDependencyError: an engine's library is not installed.
        """
        margins = np.mean([booster.margins(values) for booster in self.boosters], axis=0)
        return self.decoding.decode(self.model.read_margins(single(margins), values))
