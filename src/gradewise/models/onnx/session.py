"""Grade with ONNX Runtime alone: no training library, no file but the bytes that were checked."""

from dataclasses import fields

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.models.onnx.guard import check_self_contained, read_singles
from gradewise.models.predictions import GradePredictions

CUTS = "cuts"
"""What the graph calls its cuts."""
EVEN = "even"
"""Metadata of a graph that was made so that a row's answer does not depend on its company."""
ROWS_AT_ONCE = 256
"""Rows in one call of such a graph: enough to be quick, and little memory, which the runtime keeps."""
_INPUT = "features"
_OUTPUTS = ("score", "cumulative", "probabilities", "code")
_ERRORS_ONLY = 3


class OnnxGrader:
    """A grader made from the bytes of an ONNX model; one thread, CPU only.

    May be shared between threads. Not picklable: other processes make their own from the same bytes.

    Raises:
        BundleError: the bytes are no model that gradewise exports.
    """

    def __init__(self, model: bytes) -> None:
        check_self_contained(model)
        self._session = open_session(model)
        try:
            grades, n_features = _described(self._session)
        except (UnicodeDecodeError, IndexError) as error:
            raise BundleError("the ONNX model is damaged: it cannot say what it reads and yields") from error
        self.grades: tuple[str, ...] = grades
        self.n_features: int = n_features
        self.is_even = EVEN in self._session.get_modelmeta().custom_metadata_map
        """Whether many rows at once say what each says alone, bit for bit."""
        self.cuts = read_singles(model, CUTS)
        """Where one grade ends and the next begins, on the score; ``None`` where the model keeps none."""

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """Grade essays with these features, shape ``(n, n_features)``, finite.

        Raises:
            BundleError: the rows have another width, or a feature is not finite.
        """
        rows = np.ascontiguousarray(values, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.n_features:  # noqa: PLR2004 - rows and features
            raise BundleError(f"features have shape {rows.shape}, the model expects (n, {self.n_features})")
        if not np.isfinite(rows).all():
            row, column = np.argwhere(~np.isfinite(rows))[0]
            raise BundleError(f"feature {column} of row {row} is {rows[row, column]}; it must be finite")
        try:
            scores, cumulative, probabilities, codes = self._session.run(_OUTPUTS, {_INPUT: rows})
        except Exception as error:  # ONNX Runtime's errors share no base of their own
            raise BundleError(f"ONNX Runtime cannot run the model: {_said(error)}") from error
        return GradePredictions(scores, cumulative, probabilities, codes)

    def predict_each(self, values: NDArray[np.float32]) -> GradePredictions:
        """As `predict`, each row as if by itself: no bit of its answer depends on the others.

        Raises:
            BundleError: as `predict`.
        """
        step = ROWS_AT_ONCE if self.is_even else 1
        if len(values) <= step:
            return self.predict(values)
        said = [self.predict(values[start : start + step]) for start in range(0, len(values), step)]
        return GradePredictions(
            np.concatenate([each.scores for each in said]),
            np.concatenate([each.cumulative for each in said]),
            np.concatenate([each.probabilities for each in said]),
            np.concatenate([each.codes for each in said]),
        )

    def hold_to_even(self, values: NDArray[np.float32]) -> None:
        """Believe that a graph is even only if these rows say so here; else each is graded by itself.

        How a graph was made leaves little to the runtime, and this is what is left: another processor, or
        another version, may compute otherwise.

        Raises:
            BundleError: as `predict`.
        """
        if self.is_even:
            together, self.is_even = self.predict(values), False
            self.is_even = same_bits(together, self.predict_each(values))


def same_bits(one: GradePredictions, other: GradePredictions) -> bool:
    """Whether two say the same of the same essays, to the last bit."""
    return all(
        getattr(one, each.name).tobytes() == getattr(other, each.name).tobytes() for each in fields(one)
    )


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """A session of one thread on the CPU, from bytes that were checked.

    Raises:
        BundleError: ONNX Runtime does not take them.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no base of their own
        raise BundleError(f"ONNX Runtime refuses the model: {_said(error)}") from error


def _described(session: onnxruntime.InferenceSession) -> tuple[tuple[str, ...], int]:
    """The grades that a model gives, and how many features it reads.

    Raises:
        BundleError: it reads or yields something else than ours do.
        UnicodeDecodeError, IndexError: names are no text, or the input is no table.
    """
    inputs = session.get_inputs()
    names = tuple(output.name for output in session.get_outputs())
    if [one.name for one in inputs] != [_INPUT] or names != _OUTPUTS:
        raise BundleError(f"the ONNX model yields {' '.join(names)}, expected {' '.join(_OUTPUTS)}")
    grades = session.get_modelmeta().custom_metadata_map.get("grades", "")
    return tuple(grades.split("\n")), inputs[0].shape[1]


def _said(error: Exception) -> str:
    """The first line of what ONNX Runtime says."""
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
