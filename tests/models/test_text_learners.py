"""Text learners: scikit-learn's figures without scikit-learn, and nothing learnt from a held-out essay."""

import subprocess
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np
import pytest
from gradewise.models.text_columns import with_columns
from gradewise.models.text_files import learners_to_files
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

import gradewise
from essay_writers import written
from gradewise.errors import InputError
from gradewise.essays.scales import Codes
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models import text_tables
from gradewise.models.cross_fit import FoldRows, fit_grader
from gradewise.models.growing import Growing
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.text_fitting import LearntWording, fit_text_learner, learn_column, learn_wording
from gradewise.models.text_learners import FittedTextLearner
from gradewise.models.text_tables import tabulate, weigh_texts
from gradewise.models.text_terms import TermKind, plain_text
from gradewise.testing.graders import PARAMS, SCALE

KINDS: tuple[TermKind, ...] = ("words", "characters")
READS = """
import sys
from pathlib import Path
import gradewise.workflows.score
from gradewise.models.text_files import learner_from_files
files = {path.name: path.read_bytes() for path in Path(sys.argv[1]).iterdir()}
learner = learner_from_files("words", files)
said = learner.predict(["bala domi"])[0]
print(bool(said), [name for name in ("sklearn", "scipy", "lightgbm") if name in sys.modules])
"""
SETTINGS = {
    "words": {"token_pattern": r"\w+|[^\w\s]", "ngram_range": (1, 2)},
    "characters": {"analyzer": "char", "ngram_range": (3, 5)},
}


def alone(n: int) -> list[tuple[Hashable, ...]]:
    """Nothing is tied to anything."""
    return [(position,) for position in range(n)]


def folds_of(n: int, n_folds: int = 4) -> list[FoldRows]:
    """Every fourth row is held out in turn."""
    rows = np.arange(n)
    return [FoldRows(rows[rows % n_folds != k], rows[rows % n_folds == k]) for k in range(n_folds)]


def learnt(texts: Sequence[str], codes: Codes, folds: Sequence[FoldRows]) -> LearntWording:
    """Both learners, in and out of folds."""
    return learn_wording(KINDS, texts, codes, folds, ties=alone(len(texts)), seed=1, on_step=lambda _: None)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(20, 60))
def test_a_learner_is_scikit_learns_ridge_on_its_tf_idf(kind: TermKind, seed: int, n: int) -> None:
    """Terms, rarities, vectors and predictions of seen and unseen texts are scikit-learn's."""
    texts, codes = written(n, seed=seed)
    unseen = [*written(5, seed=seed + 1)[0], "bala, unheard-of"]
    vectoriser = TfidfVectorizer(lowercase=False, sublinear_tf=True, min_df=5, **SETTINGS[kind])
    expected = vectoriser.fit_transform([plain_text(text) for text in texts])
    table = tabulate(kind, texts)
    weighed = weigh_texts(table, np.arange(n))
    assert vectoriser.get_feature_names_out().tolist() == list(table.terms)
    assert_allclose(weighed.vectors.toarray(), expected.toarray(), atol=1e-6)
    learner = fit_text_learner(kind, texts, codes)
    ridge = Ridge(alpha=learner.penalty, solver="cholesky").fit(expected.toarray(), codes)
    transformed = vectoriser.transform([plain_text(text) for text in unseen])
    assert_allclose(learner.predict(unseen), ridge.predict(transformed.toarray()), atol=2e-3)


def test_only_the_commonest_terms_are_kept_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's size is bounded, whatever the number of texts."""
    monkeypatch.setitem(text_tables.MOST_TERMS, "words", 7)
    texts, codes = written(40)
    assert 7 == len(fit_text_learner("words", texts, codes).terms)


def test_many_texts_are_learnt_from_without_an_all_to_all_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said does not depend on how products are made."""
    texts, codes = written(40)
    expected = fit_text_learner("words", texts, codes).predict(texts)
    monkeypatch.setattr(text_tables, "_MOST_ALL_TO_ALL", 10)
    assert_allclose(fit_text_learner("words", texts, codes).predict(texts), expected, atol=2e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_texts_get_what_the_learner_says(kind: TermKind) -> None:
    """The column of rows that did not train is the learner's own prediction, to rounding."""
    texts, codes = written()
    train = np.arange(0, len(texts), 2)
    column = learn_column(tabulate(kind, texts), codes, train, ties=alone(len(texts)), seed=3)
    rest = np.setdiff1d(np.arange(len(texts)), train)
    assert_allclose(column.values[rest], column.learner.predict([texts[row] for row in rest]), atol=1.1e-3)


def test_held_out_grades_and_words_shape_nothing() -> None:
    """Other grades, and a token that only a held-out essay has, change no column that its fold sees."""
    texts, codes = written()
    folds = folds_of(len(texts))
    held_out = folds[0].validate_rows
    other_codes, other_texts = codes.copy(), list(texts)
    other_codes[held_out] = 4 - codes[held_out]
    other_texts[held_out[0]] += " zyx zyx zyx"
    before, after = learnt(texts, codes, folds), learnt(other_texts, other_codes, folds)
    same = np.setdiff1d(np.arange(len(texts)), held_out[:1])
    assert_array_equal(before.by_fold[0][same], after.by_fold[0][same])
    assert (before.by_fold[1] != after.by_fold[1]).any()


def test_an_essays_own_grade_does_not_shape_its_column() -> None:
    """Within a training part, too, a text is scored by learners of other texts, copies of it excluded."""
    texts, codes = written(60)
    texts[1] = texts[0]
    ties: list[tuple[Hashable, ...]] = [(text,) for text in texts]
    changed = codes.copy()
    changed[:2] = 4 - codes[:2]
    if (changed[:2] == codes[:2]).all():
        changed[:2] = 0
    table = tabulate("words", texts)
    values = learn_column(table, codes, np.arange(60), ties=ties, seed=1).values
    by_heart = fit_text_learner("words", texts, codes).predict(texts)
    error = np.abs(values - codes).mean()
    assert error > np.abs(by_heart - codes).mean() + 0.1
    assert values[0] == values[1]


def test_random_grades_are_not_predicted() -> None:
    """Through learners, booster and decoding, out-of-fold agreement with random grades is near 0."""
    texts, codes = written(240)
    codes = np.random.default_rng(5).permutation(codes)
    folds = folds_of(len(texts))
    assert abs(stacked_kappa(texts, codes, folds)) < 0.2


def test_grades_that_wording_tells_are_predicted() -> None:
    """The same stack finds what is there."""
    texts, codes = written(240)
    assert stacked_kappa(texts, codes, folds_of(len(texts))) > 0.6


def stacked_kappa(texts: list[str], codes: Codes, folds: list[FoldRows]) -> float:
    """Out-of-fold agreement of a booster over both columns and one of noise."""
    wording = learnt(texts, codes, folds)
    noise = np.random.default_rng(0).normal(size=(len(texts), 1)).astype(np.float32)
    schema = FeatureSchema((FeatureSpec("noise", "points", "made_up", -np.inf, np.inf, "Noise."),), "en")
    matrix = FeatureMatrix(noise, schema, tuple(f"essay-{row}" for row in range(len(texts))))
    fitted = fit_grader(
        with_columns(matrix, wording.columns, KINDS),
        codes,
        folds,
        scale=SCALE,
        growing=Growing(booster=LightGBMBooster(), params=PARAMS, seed=3),
        calibration="sigmoid",
        decision="rescale",
        views=[with_columns(matrix, columns, KINDS) for columns in wording.by_fold],
    )
    return quadratic_weighted_kappa(codes, fitted.out_of_fold.predictions.codes, n_grades=SCALE.n_grades)


def test_learning_again_gives_the_same() -> None:
    """Nothing but the seed decides."""
    texts, codes = written(60)
    first, second = (learnt(texts, codes, folds_of(60)) for _ in range(2))
    assert_array_equal(first.columns, second.columns)
    assert first.learners[1].terms == second.learners[1].terms


def test_steps_are_counted() -> None:
    """A listener hears of every fit."""
    texts, codes = written(40)
    heard: list[int] = []
    learn_wording(KINDS, texts, codes, folds_of(40), ties=alone(40), seed=1, on_step=heard.append)
    assert list(range(1, 11)) == heard


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "texts",
    [["one text"] * 12, [f"text{chr(97 + row)}" * 2 for row in range(12)], ["a", "b"], ["?"]],
    ids=["identical", "nothing shared", "two", "one"],
)
def test_texts_that_teach_nothing_suggest_the_mean(kind: TermKind, texts: list[str]) -> None:
    """With no shared term, or no difference, the mean grade is all that can be said."""
    codes = np.arange(len(texts), dtype=np.int64) % 3
    learner = fit_text_learner(kind, texts, codes)
    assert_allclose(learner.predict([*texts, "something else"]), codes.mean(), atol=0.02)


def test_copies_that_are_all_tied_get_the_mean() -> None:
    """When nothing can be held out, the column says nothing."""
    values = learn_column(
        tabulate("words", ["one text"] * 8), np.arange(8) % 4, np.arange(8), ties=[("t",)] * 8, seed=0
    ).values
    assert_allclose(values, 1.5, atol=1e-3)


def test_an_essay_without_a_known_word_gets_the_mean() -> None:
    """Unknown words, and no words, are no reason for an extreme grade."""
    texts, codes = written()
    learner = fit_text_learner("words", texts, codes)
    assert_allclose(learner.predict(["xylofon qwerty", ""]), codes.mean(), atol=1e-3)


def test_swedish_letters_are_letters() -> None:
    """A learner of Swedish words knows them whole."""
    texts = ["Åsa åker båt över sjön", "hon går öster ut på ön"] * 6
    learner = fit_text_learner("words", texts, np.array([4, 0] * 6))
    assert {"Åsa", "båt", "sjön", "ön", "åker båt"} <= set(learner.terms)
    better, worse = learner.predict(["Åsa åker båt", "öster ut på ön"])
    assert better > 3
    assert worse < 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"terms": ("a",)}, "knows 1 terms"),
        ({"terms": ("a", "a")}, "a term twice"),
        ({"idf": np.array([0, 1], dtype=np.float32)}, "a rarity of 0"),
        ({"weights": np.array([np.nan, 1], dtype=np.float32)}, "not finite"),
        ({"mean": float("inf")}, "not finite"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    """A damaged learner is not used."""
    ones = np.ones(2, dtype=np.float32)
    sound: dict[str, object] = {
        "kind": "words", "terms": ("a", "b"), "idf": ones, "weights": ones,
        "intercept": 0.0, "mean": 1.0, "penalty": 1.0,
    }  # fmt: skip
    with pytest.raises(InputError, match=message):
        FittedTextLearner(**(sound | changes))  # type: ignore[arg-type]  # made from parts


def test_reading_a_text_needs_no_learning_library(tmp_path: Path) -> None:
    """A process that scores, with learners at work, loads neither scikit-learn nor SciPy nor LightGBM."""
    texts, codes = written(20)
    files = learners_to_files([fit_text_learner("words", texts, codes)])
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = subprocess.run(
        [sys.executable, "-c", READS, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(gradewise.__file__).parents[1])},
    )
    assert "True []" == found.stdout.strip()
