"""One ONNX graph for a whole classifier: features in; probabilities and class out."""

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from gradewise.errors import TrainingError
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureSchema
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.temperature import LEAST_PROBABILITY, tempered
from gradewise.models.onnx.graph import finished_model
from gradewise.models.onnx.nodes import AXIS_1, CUMULATIVE, FEATURES, SCORE, Graph
from gradewise.models.predictions import GradePredictions, class_predictions


class NativeClassifier:
    """A classifier as it was learnt, with its temperature: one side of `check_parity`."""

    def __init__(self, classifier: FittedClassifier, *, temperature: float = 1.0) -> None:
        self._classifier = classifier
        self._temperature = temperature

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """The most probable class of rows of shape ``(n, n_features)``."""
        return class_predictions(tempered(self._classifier.probabilities(values), self._temperature))


def build_classifier_onnx(
    classifier: FittedClassifier, *, temperature: float = 1.0, scale: Scale, schema: FeatureSchema
) -> bytes:
    """The classifier as one ONNX model, with the inputs and outputs of any grader's; see `build_onnx`.

    ``score`` is the probability of the class that is given, ``cumulative`` the running sums of the
    probabilities, ``code`` the most probable class, of several alike the first.

    Raises:
        TrainingError: the classifier has another number of classes than the scale, or of features than the
            schema.
    """
    if classifier.n_classes != scale.n_grades or classifier.n_features != len(schema):
        raise TrainingError(
            f"a classifier of {classifier.n_classes} classes and {classifier.n_features} features cannot "
            f"speak of {scale.n_grades} classes by {len(schema)} features; train it on these"
        )
    graph = Graph()
    graph.constant(AXIS_1, np.array([1]))
    features = graph.apply("Cast", [FEATURES], "features_double", to=TensorProto.DOUBLE)
    raw = classifier.add_to(graph, features, prefix="classifier_")
    if temperature == 1:
        graph.apply("Identity", [raw], "probabilities")
    else:
        _add_temperature(graph, raw, temperature)
    _add_class(graph)
    return finished_model(graph, scale, schema)


def _add_temperature(graph: Graph, raw: str, temperature: float) -> None:
    least = graph.constant("least", np.array(LEAST_PROBABILITY))
    logs = graph.apply("Log", [graph.apply("Max", [raw, least], "raw_floor")], "raw_log")
    cooled = graph.apply("Div", [logs, graph.constant("temperature", np.array(temperature))], "cooled")
    graph.apply("Softmax", [cooled], "probabilities", axis=1)


def _add_class(graph: Graph) -> None:
    """``probabilities`` to ``code``, ``score`` and ``cumulative``."""
    graph.apply("ArgMax", ["probabilities"], "code", axis=1, keepdims=0)
    best = graph.apply("ReduceMax", ["probabilities"], "best", axes=[1], keepdims=0)
    graph.apply("Cast", [best], SCORE, to=TensorProto.FLOAT)
    sums = graph.apply("CumSum", ["probabilities", graph.constant("along", np.array(1))], "running_sums")
    start, end = graph.constant("first", np.array([0])), graph.constant("before_last", np.array([-1]))
    most = graph.apply("Slice", [sums, start, end, AXIS_1], "all_but_last")
    graph.apply("Min", [most, graph.constant("at_most", np.ones(1))], CUMULATIVE)
