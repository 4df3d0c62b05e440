"""What models read is checked: no grade in a column, no fit that has looked at held-out essays."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.errors import LeakError
from gradewise.essays.codes import Codes
from gradewise.features.given import GIVEN, with_given
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.cross_fit import no_progress
from gradewise.models.folds import FoldRows
from gradewise.models.leaks import (
    GIVEAWAY_QWK,
    check_blindness,
    held_out_kappas,
    refuse_class_copies,
    refuse_copies,
    refuse_giveaways,
)
from gradewise.models.text.fitting import fit_text_learner, learn_wording
from gradewise.testing.synthetic import generate_essays

N, N_GRADES = 600, 9
RNG = np.random.default_rng(4)
CODES = np.clip(np.round(RNG.normal(4, 1.5, N)), 0, N_GRADES - 1).astype(np.int64)
OTHER_NAMES = RNG.permutation(N_GRADES)
FOLD = FoldRows(np.arange(20, 60), np.arange(20))


def _matrix(column: NDArray[np.generic]) -> FeatureMatrix:
    """Noise beside one column."""
    values = np.stack([RNG.normal(size=N), column.astype(np.float64)], axis=1).astype(np.float32)
    specs = tuple(
        FeatureSpec(name=name, unit="", group="g", low=-np.inf, high=np.inf, definition=name)
        for name in ("noise", "suspect")
    )
    return FeatureMatrix(values, FeatureSchema(specs, "en"), tuple(f"e{row}" for row in range(N)))


@pytest.mark.parametrize(
    "column",
    [
        CODES,
        -3.0 * CODES + 5,
        OTHER_NAMES[CODES],
        np.exp(CODES / 2.0),
        CODES + RNG.normal(0, 0.25, N),
        OTHER_NAMES[CODES] + RNG.normal(0, 0.05, N),
    ],
    ids=["copy", "mirrored", "permuted", "curved", "noisy copy", "noisy and permuted"],
)
def test_a_grade_in_a_column_is_found_whatever_its_shape(column: NDArray[np.generic]) -> None:
    """The message begins with the name of the check and names the column."""
    with pytest.raises(LeakError, match="^label_in_feature: column 'suspect' alone") as caught:
        refuse_giveaways(_matrix(column), CODES, n_grades=N_GRADES)
    assert "label_in_feature" == caught.value.check


@pytest.mark.parametrize(
    "column",
    [RNG.normal(size=N), np.zeros(N), CODES + RNG.normal(0, 1.5, N), np.arange(N)],
    ids=["noise", "constant", "a good measurement", "row number"],
)
def test_an_honest_column_passes(column: NDArray[np.generic]) -> None:
    """Also one that agrees with grades as well as a second teacher does."""
    refuse_giveaways(_matrix(column), CODES, n_grades=N_GRADES)


def _given(column: NDArray[np.generic]) -> FeatureMatrix:
    """Noise beside one column that came with the essays."""
    matrix = _matrix(column)
    named = with_given(FeatureSchema(matrix.schema.specs[:1], "en"), ("given_suspect",))
    return FeatureMatrix(matrix.values, named, matrix.essay_ids)


@pytest.mark.parametrize(
    "column", [CODES, -3.0 * CODES + 5, np.exp(CODES / 2.0)], ids=["copy", "mirrored", "curved"]
)
@pytest.mark.parametrize("n", [10, 30, N])
def test_a_given_column_that_ranks_like_the_grades_is_refused(column: NDArray[np.generic], n: int) -> None:
    """However few essays there are; the message names the column and what to do."""
    rows = [f"e{row}" for row in range(n)]
    with pytest.raises(LeakError, match="^label_in_feature: given column 'given_suspect' ranks") as caught:
        refuse_copies(_given(column).rows(rows), CODES[:n])
    assert "label_in_feature" == caught.value.check


@pytest.mark.parametrize(
    ("column", "n_values"),
    [(CODES == 4, 2), (CODES >= 4, 2), ((CODES >= 3).astype(int) + (CODES >= 5), 3), (CODES % 2, 2)],
    ids=["one grade", "all that pass", "bands", "every other grade"],
)
def test_a_given_column_that_follows_from_the_grade_is_refused(
    column: NDArray[np.generic], n_values: int
) -> None:
    """It tells less than a copy, and all of it is the grade; a single exception makes it honest."""
    said = f"'given_suspect' follows from the grade alone: each of its {n_values} values"
    with pytest.raises(LeakError, match=said):
        refuse_copies(_given(column), CODES)
    honest = column.copy()
    honest[0] = honest[CODES != CODES[0]][honest[CODES != CODES[0]] != honest[0]][0]
    refuse_copies(_given(honest), CODES)


@pytest.mark.parametrize(
    "column",
    [RNG.normal(size=N), np.zeros(N), CODES + RNG.normal(0, 1.0, N), np.arange(N) % 2, CODES == 0],
    ids=["noise", "constant", "a good score", "a flag", "a flag of few"],
)
def test_an_honest_given_column_passes(column: NDArray[np.generic]) -> None:
    """So does one of very few essays, and a measured column, which other checks look at."""
    refuse_copies(_given(column), CODES)
    refuse_copies(_given(CODES).rows([f"e{row}" for row in range(9)]), CODES[:9])
    refuse_copies(_matrix(CODES), CODES)


def test_few_essays_prove_nothing() -> None:
    """Among forty columns one agrees with a handful of grades by chance; no columns, no leak."""
    few = FeatureMatrix(_matrix(CODES).values[:20], _matrix(CODES).schema, tuple("abcdefghijklmnopqrst"))
    refuse_giveaways(few, CODES[:20], n_grades=N_GRADES)
    assert (0,) == held_out_kappas(np.zeros((N, 0), np.float32), CODES, n_grades=N_GRADES).shape


def test_what_wording_suggests_is_no_giveaway() -> None:
    """Text learners pass out of fold; one that is asked about its own essays knows them by heart."""
    essays = generate_essays(80, seed=3)
    codes = np.array(
        [["F", "E", "D", "D+", "C", "C+", "B", "A"].index(essay.label or "F") for essay in essays]
    )
    texts = [essay.text for essay in essays]
    learnt = learn_wording(
        ("words",), texts, ("overall",), codes[:, None], (), ties=[(row,) for row in range(80)], seed=0,
        on_step=no_progress,
    )  # fmt: skip
    assert GIVEAWAY_QWK > held_out_kappas(learnt.columns, codes, n_grades=8)[0]
    by_heart = fit_text_learner("words", texts, codes[:, None]).predict(texts)
    assert (
        held_out_kappas(by_heart, codes, n_grades=8)[0]
        > held_out_kappas(learnt.columns, codes, n_grades=8)[0]
    )


def _standardised(values: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Scaled by the mean and spread of some rows."""
    scaled: NDArray[np.float32] = (values - values[rows].mean(axis=0)) / values[rows].std(axis=0)
    return scaled


VALUES = RNG.normal(size=(60, 3)).astype(np.float32)


def test_a_scaler_that_saw_everything_is_caught() -> None:
    """One that was fitted on the training part passes."""
    everything = np.arange(60)

    def honest(values: NDArray[np.float32], codes: Codes) -> NDArray[np.float32]:
        return _standardised(values, FOLD.train_rows)

    def leaky(values: NDArray[np.float32], codes: Codes) -> NDArray[np.float32]:
        return _standardised(values, everything)

    check_blindness(honest, VALUES, CODES[:60], FOLD, n_grades=N_GRADES, what="a scaler")
    with pytest.raises(LeakError, match="^held_out_rows_shape_training: a scaler changes with essays that"):
        check_blindness(leaky, VALUES, CODES[:60], FOLD, n_grades=N_GRADES, what="a scaler")


def test_an_encoding_by_held_out_grades_is_caught() -> None:
    """Grades of held-out essays must change nothing, not even what is said of these essays themselves."""

    def leaky(values: NDArray[np.float32], codes: Codes) -> NDArray[np.float32]:
        return values + np.float32(codes.mean())

    def own_grade(values: NDArray[np.float32], codes: Codes) -> NDArray[np.float32]:
        said = np.zeros((60, 1), dtype=np.float32)
        said[FOLD.validate_rows, 0] = codes[FOLD.validate_rows]
        return said

    middle = np.full(60, N_GRADES // 2)
    for fit in (leaky, own_grade):
        for codes in (CODES[:60], middle):
            with pytest.raises(LeakError, match="changes with the grades of essays that a fold holds out"):
                check_blindness(fit, VALUES, codes, FOLD, n_grades=N_GRADES, what="an encoding")


def test_text_learners_are_blind() -> None:
    """Every kind, tried on texts."""
    texts = [essay.text for essay in generate_essays(60, seed=9)]

    def fit(given: list[str], codes: Codes) -> NDArray[np.float32]:
        return learn_wording(
            ("words", "characters", "runs"), given, ("overall",), codes[:, None], (FOLD,),
            ties=[(row,) for row in range(60)], seed=0, on_step=no_progress,
        ).by_fold[0]  # fmt: skip

    check_blindness(fit, texts, CODES[:60], FOLD, n_grades=N_GRADES, what="a text learner")


def test_a_column_with_a_value_for_each_class_is_refused() -> None:
    """Whatever the values are; one that two classes share is no copy."""
    codes = np.array([0, 1, 2] * 5)
    spec = FeatureSpec("label_id", "number", GIVEN, -np.inf, np.inf, "a number")
    ids = tuple(map(str, range(len(codes))))

    def matrix(values: list[float]) -> FeatureMatrix:
        column = np.array(values, dtype=np.float32)[codes][:, None]
        return FeatureMatrix(column, FeatureSchema((spec,), "en"), ids)

    refuse_class_copies(matrix([1.0, 1.0, 2.0]), codes)
    with pytest.raises(LeakError, match="'label_id' has a value of its own for each of the 3 classes"):
        refuse_class_copies(matrix([7.0, -1.0, 2.0]), codes)
