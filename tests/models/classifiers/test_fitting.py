"""Every learner: distributions over classes, the same from the same seed, on the shortest way into ONNX."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gradewise.errors import InputError, TrainingError
from gradewise.essays.scales import class_scale
from gradewise.features.schema import FeatureSchema, FeatureSpec
from gradewise.models.classifiers.boosted import BoostedClassifier
from gradewise.models.classifiers.ensembles import StackedClassifier, VotingClassifier
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.inner_folds import inner_folds
from gradewise.models.classifiers.linear import LinearClassifier, LinearLink
from gradewise.models.classifiers.onnx import NativeClassifier, build_classifier_onnx
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.rows import ClassRows
from gradewise.models.onnx.graph import check_parity
from gradewise.models.onnx.session import OnnxGrader

N_FEATURES = 6
SIMPLE = (
    ClassifierParams(),
    ClassifierParams(learner="linear_svm", c=1.0),
    ClassifierParams(learner="gradient_boosting", rounds=4),
)
LEARNERS: dict[str, ClassifierParams] = {
    **{params.learner: params for params in SIMPLE},
    "voting": ClassifierParams(learner="voting", members=SIMPLE),
    "stacking": ClassifierParams(learner="stacking", members=SIMPLE, balancing="class_weights"),
}
every_learner = pytest.mark.parametrize("learner", LEARNERS)


def made_up_rows(n: int = 160, *, n_classes: int = 4, seed: int = 0) -> ClassRows:
    """Rows of classes that can be told apart, though not always."""
    generator = np.random.default_rng(seed)
    codes = generator.permutation(np.arange(n) % n_classes)
    centres = 2 * generator.normal(size=(n_classes, N_FEATURES))
    values = centres[codes] + generator.normal(size=(n, N_FEATURES))
    return ClassRows(values.astype(np.float32), codes, n_classes)


def schema_of(n_features: int) -> FeatureSchema:
    """A schema of so many columns."""
    specs = (FeatureSpec(f"c_{i}", "points", "made_up", -np.inf, np.inf, "A.") for i in range(n_features))
    return FeatureSchema(tuple(specs), "en")


def exported(classifier: FittedClassifier, *, temperature: float = 1.0) -> OnnxGrader:
    """The classifier as it ships."""
    scale = class_scale(f"class {code:03}" for code in range(classifier.n_classes))
    schema = schema_of(classifier.n_features)
    return OnnxGrader(build_classifier_onnx(classifier, temperature=temperature, scale=scale, schema=schema))


@cache
def fitted(learner: str, *, n_classes: int = 4, seed: int = 0, n_threads: int = 1) -> FittedClassifier:
    """A classifier by this learner."""
    rows = made_up_rows(max(160, 3 * n_classes), n_classes=n_classes)
    return fit_classifier(
        rows.values, rows.codes, params=LEARNERS[learner], n_classes=n_classes, seed=seed, n_threads=n_threads
    )


@every_learner
def test_learners_tell_classes_apart(learner: str) -> None:
    """Nine in ten rows of the same kind get their class, by probabilities that sum to 1."""
    rows, classifier = made_up_rows(), fitted(learner)
    found = classifier.probabilities(rows.values)
    assert (N_FEATURES, 4, True) == (classifier.n_features, classifier.n_classes, classifier.converged)
    assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    assert (found >= 0).all()
    assert (found.argmax(axis=1) == rows.codes).mean() > 0.9


@every_learner
def test_threads_do_not_change_what_is_learnt(learner: str) -> None:
    """Two threads give the very numbers that one gives."""
    values = made_up_rows().values
    one, two = fitted(learner), fitted(learner, n_threads=2)
    assert_array_equal(one.probabilities(values), two.probabilities(values))


@every_learner
@pytest.mark.parametrize("n_classes", [2, 30])
def test_the_graph_says_what_the_classifier_says(learner: str, n_classes: int) -> None:
    """Two classes or many: probabilities to 1e-9, every class the same, with a temperature or without."""
    classifier = fitted(learner, n_classes=n_classes)
    rows = made_up_rows(90, n_classes=n_classes, seed=3).values
    for temperature in (1.0, 0.6):
        native = NativeClassifier(classifier, temperature=temperature)
        graph = exported(classifier, temperature=temperature)
        parity = check_parity(native, graph, rows)
        assert parity.n_changed_grades == 0
        assert parity.max_probability_difference < 1e-9
        said, found = native.predict(rows), graph.predict(rows)
        assert_allclose(found.scores, said.scores, rtol=1e-6)
        assert_allclose(found.cumulative, said.cumulative, atol=1e-9)


@settings(deadline=None, max_examples=15)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 9), st.sampled_from(["softmax", "sigmoids"]),
    st.floats(0.01, 100), st.floats(0.1, 5),
)  # fmt: skip
def test_linear_graphs_hold_on_any_row(
    seed: int, n_classes: int, link: LinearLink, spread: float, temperature: float
) -> None:
    """Whatever the weights and rows, the graph says the same; classes move with their columns."""
    generator = np.random.default_rng(seed)
    weights, starts = generator.normal(0, spread, (3, n_classes)), generator.normal(size=n_classes)
    classifier = LinearClassifier(weights, starts, link=link)
    rows = generator.normal(0, 10, (8, 3)).astype(np.float32)
    found = classifier.probabilities(rows)
    assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    order = generator.permutation(n_classes)
    moved = LinearClassifier(weights[:, order], starts[order], link=link)
    assert_allclose(moved.probabilities(rows), found[:, order], atol=1e-9)
    native = NativeClassifier(classifier, temperature=temperature)
    best = np.sort(native.predict(rows).probabilities, axis=1)[:, -2:]
    clear = rows[best[:, 1] - best[:, 0] > 1e-9]  # which of two equals is first, rounding decides
    check_parity(native, exported(classifier, temperature=temperature), clear)


def test_names_of_classes_do_not_matter() -> None:
    """Numbering the classes otherwise permutes the columns, and nothing else."""
    rows, order = made_up_rows(), np.array([2, 0, 3, 1])
    renamed = fit_classifier(
        rows.values, order[rows.codes], params=LEARNERS["logistic_regression"], n_classes=4, seed=0
    ).probabilities(rows.values)
    expected = fitted("logistic_regression").probabilities(rows.values)
    assert_allclose(renamed[:, order], expected, atol=0.02)


@every_learner
def test_a_class_without_rows_is_impossible(learner: str) -> None:
    """Classes that had nothing to learn from get probability 0, in the graph as well; all others share 1."""
    rows = made_up_rows(60, n_classes=2)
    classifier = fit_classifier(
        rows.values, 2 * rows.codes + 1, params=LEARNERS[learner], n_classes=5, seed=0
    )
    found = classifier.probabilities(rows.values)
    assert (N_FEATURES, 5, True) == (classifier.n_features, classifier.n_classes, classifier.converged)
    assert (found[:, [0, 2, 4]] == 0).all()
    assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    native = NativeClassifier(classifier, temperature=2.0)
    assert check_parity(native, exported(classifier, temperature=2.0), rows.values).n_changed_grades == 0


@pytest.mark.parametrize("learner", ["linear_svm", "stacking"])
def test_a_class_of_one_row_stops_nothing(learner: str) -> None:
    """A class whose only row an inner fold holds out is possible all the same."""
    rows = made_up_rows(61, n_classes=3)
    codes = np.where(np.arange(61) == 7, 3, rows.codes)
    found = fit_classifier(rows.values, codes, params=LEARNERS[learner], n_classes=4, seed=0)
    probabilities = found.probabilities(rows.values)
    assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    assert (probabilities > 0).all()


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=40), st.integers(0, 99), st.integers(2, 5))
def test_inner_folds_hold_every_row_out_once(classes: list[int], seed: int, n_folds: int) -> None:
    """Parts are disjoint and cover; the counts of a class differ by one at most."""
    codes = np.array(classes)
    folds = inner_folds(codes, seed=seed, n_folds=n_folds)
    assert list(range(len(codes))) == sorted(np.concatenate([fold.validate_rows for fold in folds]))
    for fold in folds:
        assert not set(fold.train_rows) & set(fold.validate_rows)
        assert len(codes) == len(fold.train_rows) + len(fold.validate_rows)
    for code in set(classes):
        counts = [int((codes[fold.validate_rows] == code).sum()) for fold in folds]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("values", "codes", "message"),
    [
        (np.zeros((3, 2)), [0, 1], "cannot learn 2 classes"),
        (np.array([[0.0], [np.nan]]), [0, 1], "feature 0 of row 1 is nan"),
        (np.zeros((2, 1)), [0, 2], "expected 0 to 1"),
    ],
    ids=["shapes", "nan", "code"],
)
def test_rows_that_teach_nothing_are_refused(
    values: np.ndarray[tuple[int, int], np.dtype[np.float32]], codes: list[int], message: str
) -> None:
    """Shapes that disagree, numbers that are none, and codes beyond the classes are named."""
    with pytest.raises(InputError, match=message):
        fit_classifier(
            values.astype(np.float32), np.array(codes), params=ClassifierParams(), n_classes=2, seed=0
        )


def test_one_class_alone_is_refused() -> None:
    """There is nothing to tell apart in rows of one class."""
    rows = made_up_rows(6)
    with pytest.raises(TrainingError, match="of one class"):
        fit_classifier(rows.values, np.ones(6, dtype=np.int64), params=SIMPLE[0], n_classes=4, seed=0)


def test_parts_that_do_not_fit_make_no_classifier() -> None:
    """Members that differ, forests that lack, and graphs over other classes are refused."""
    two, three = (LinearClassifier(np.zeros((2, k)), np.zeros(k)) for k in (2, 3))
    with pytest.raises(TrainingError, match="must be alike"):
        VotingClassifier((two, three))
    with pytest.raises(TrainingError, match="must be alike"):
        VotingClassifier(())
    with pytest.raises(TrainingError, match="reads 2 of 4"):
        StackedClassifier((two, two), two)
    with pytest.raises(TrainingError, match="0 forests for 2 classes"):
        BoostedClassifier((), np.zeros(2))
    with pytest.raises(InputError, match="expects \\(n, 2\\)"):
        two.probabilities(np.zeros((1, 3), dtype=np.float32))
    with pytest.raises(TrainingError, match="3 classes and 2 features cannot speak of 2 classes"):
        build_classifier_onnx(three, scale=class_scale(["a", "b"]), schema=schema_of(2))
