"""Text learners: scikit-learn's figures without scikit-learn, and nothing learnt from a held-out essay."""

import subprocess
import sys
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

import gradewise
from essay_writers import trait_marks, written
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.bundles.learnt_files import learners_to_files
from gradewise.models.folds import FoldRows
from gradewise.models.grader_fitting import fit_grader
from gradewise.models.growing import Growing
from gradewise.models.learnt_columns import with_columns
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.text import tables as text_tables
from gradewise.models.text.fitting import LearntWording, fit_text_learner, learn_columns, learn_wording
from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.tables import tabulate, weigh_texts
from gradewise.models.text.terms import TermKind, plain_text
from gradewise.testing.graders import PARAMS, SCALE

KINDS: tuple[TermKind, ...] = ("words", "characters", "runs")
OVERALL = ("overall",)
TRAITS = ("overall", "grammar", "style")
READS = """
import sys
from pathlib import Path
import gradewise.workflows.score
from gradewise.models.bundles.learnt_files import learner_from_files
files = {path.name: path.read_bytes() for path in Path(sys.argv[1]).iterdir()}
learner = learner_from_files(sys.argv[2], files)
said = learner.predict(["bala domi"])[0, 0]
print(bool(said), [name for name in ("sklearn", "scipy", "lightgbm") if name in sys.modules])
"""
SETTINGS: dict[str, dict[str, Any]] = {
    "words": {"token_pattern": r"\w+|[^\w\s]", "ngram_range": (1, 2)},
    "characters": {"analyzer": "char", "ngram_range": (3, 5)},
    "runs": {"analyzer": "char", "ngram_range": (3, 8), "lowercase": True, "binary": True},
}


def alone(n: int) -> list[tuple[Hashable, ...]]:
    """Nothing is tied to anything."""
    return [(position,) for position in range(n)]


def folds_of(n: int, n_folds: int = 4) -> list[FoldRows]:
    """Every fourth row is held out in turn."""
    rows = np.arange(n)
    return [FoldRows(rows[rows % n_folds != k], rows[rows % n_folds == k]) for k in range(n_folds)]


def learnt(texts: Sequence[str], codes: Codes, folds: Sequence[FoldRows]) -> LearntWording:
    """Every learner, in and out of folds."""
    return learn_wording(
        KINDS, texts, OVERALL, column(codes), folds, ties=alone(len(texts)), seed=1, on_step=lambda _: None
    )


def column(codes: Codes) -> NDArray[np.int64]:
    """Grades as the one target that there is."""
    return codes[:, np.newaxis]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(20, 60))
def test_a_learner_is_scikit_learns_ridge_on_its_tf_idf(kind: TermKind, seed: int, n: int) -> None:
    """Terms, rarities, vectors and predictions of seen and unseen texts are scikit-learn's."""
    texts, codes = written(n, seed=seed)
    unseen = [*written(5, seed=seed + 1)[0], "unheard-of bala domi"]
    settings = {"lowercase": False, "sublinear_tf": True} | SETTINGS[kind]
    counter = TfidfVectorizer(min_df=5, **settings)
    counter.fit([plain_text(text) for text in texts])
    table = tabulate(kind, texts)
    assert counter.get_feature_names_out().tolist() == list(table.terms)
    learner = fit_text_learner(kind, texts, column(codes))
    vectoriser = TfidfVectorizer(vocabulary=learner.terms, **settings)
    expected = vectoriser.fit_transform([plain_text(text) for text in texts])
    assert_allclose(weigh_texts(table, np.arange(n)).vectors.toarray(), expected.toarray(), atol=1e-6)
    ridge = Ridge(alpha=learner.penalties[0], solver="cholesky").fit(expected.toarray(), codes)
    transformed = vectoriser.transform([plain_text(text) for text in unseen])
    assert_allclose(learner.predict(unseen)[:, 0], ridge.predict(transformed.toarray()), atol=2e-3)


def test_only_the_commonest_terms_are_kept_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's size is bounded, whatever the number of texts."""
    monkeypatch.setitem(text_tables.MOST_TERMS, "words", 7)
    texts, codes = written(40)
    assert 7 == len(fit_text_learner("words", texts, column(codes)).terms)


def test_many_texts_are_learnt_from_without_an_all_to_all_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said does not depend on how products are made."""
    texts, codes = written(40)
    expected = fit_text_learner("words", texts, column(codes)).predict(texts)
    monkeypatch.setattr(text_tables, "_MOST_ALL_TO_ALL", 10)
    assert_allclose(fit_text_learner("words", texts, column(codes)).predict(texts), expected, atol=2e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_texts_get_what_the_learner_says(kind: TermKind) -> None:
    """The column of rows that did not train is the learner's own prediction, to rounding."""
    texts, codes = written()
    train = np.arange(0, len(texts), 2)
    learnt = learn_columns(
        tabulate(kind, texts), trait_marks(codes), train, targets=TRAITS, ties=alone(len(texts)), seed=3
    )
    rest = np.setdiff1d(np.arange(len(texts)), train)
    assert_allclose(learnt.values[rest], learnt.learner.predict([texts[row] for row in rest]), atol=1.1e-3)


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
    values = learn_columns(table, column(codes), np.arange(60), targets=OVERALL, ties=ties, seed=1).values[
        :, 0
    ]
    by_heart = fit_text_learner("words", texts, column(codes)).predict(texts)[:, 0]
    error = np.abs(values - codes).mean()
    assert error > np.abs(by_heart - codes).mean() + 0.1
    assert values[0] == values[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_of_ones_own_moves_nothing_of_ones_own(kind: TermKind) -> None:
    """Another mark for a trait moves what is said of other essays, never what is said of its own."""
    texts, codes = written(60)
    marks = trait_marks(codes)
    table = tabulate(kind, texts)
    before = learn_columns(table, marks, np.arange(60), targets=TRAITS, ties=alone(60), seed=1)
    for row in range(0, 60, 10):
        changed = marks.copy()
        changed[row, 1] += 0.5
        after = learn_columns(table, changed, np.arange(60), targets=TRAITS, ties=alone(60), seed=1)
        assert_array_equal(before.learner.penalties, after.learner.penalties)
        assert_array_equal(before.values[row], after.values[row])
        assert (before.values[:, 1] != after.values[:, 1]).any()
        assert_array_equal(before.values[:, [0, 2]], after.values[:, [0, 2]])


@pytest.mark.parametrize("kind", KINDS)
def test_several_targets_are_learnt_as_each_would_be_alone(kind: TermKind) -> None:
    """Traits beside a target share its inner parts and the counting, and change nothing else."""
    texts, codes = written(60)
    marks, table, train = trait_marks(codes), tabulate(kind, texts), np.arange(0, 60, 2)
    every = learn_columns(table, marks, train, targets=TRAITS, ties=alone(60), seed=1)
    first = learn_columns(table, marks[:, :1], train, targets=OVERALL, ties=alone(60), seed=1)
    last = learn_columns(table, marks[:, [0, 2]], train, targets=("overall", "style"), ties=alone(60), seed=1)
    assert_array_equal(every.values[:, :1], first.values)
    assert_array_equal(every.values[:, [0, 2]], last.values)
    unseen = written(10, seed=5)[0]
    assert_array_equal(every.learner.predict(unseen)[:, [0, 2]], last.learner.predict(unseen))
    assert_array_equal(every.learner.penalties[[0, 2]], last.learner.penalties)


def test_columns_stand_kind_by_kind_and_target_by_target() -> None:
    """The order of columns is that of their names."""
    texts, codes = written(40)
    wording = learn_wording(
        KINDS, texts, TRAITS, trait_marks(codes), folds_of(40), ties=alone(40), seed=1, on_step=lambda _: None
    )
    assert [TRAITS] * 3 == [learner.targets for learner in wording.learners]
    assert (40, 9) == wording.columns.shape
    for position, kind in enumerate(KINDS):
        alike = learn_columns(
            tabulate(kind, texts), trait_marks(codes), np.arange(40), targets=TRAITS, ties=alone(40), seed=1
        )
        assert_array_equal(alike.values, wording.columns[:, 3 * position : 3 * position + 3])


def test_threads_change_no_column() -> None:
    """Parts that are learnt side by side say what they say one after the other, and are counted in order."""
    texts, codes = written(40)
    steps: list[int] = []
    beside = learn_wording(
        KINDS, texts, OVERALL, column(codes), folds_of(40), ties=alone(40), seed=1, n_threads=3,
        on_step=steps.append,
    )  # fmt: skip
    alone_at_work = learnt(texts, codes, folds_of(40))
    assert list(range(1, 16)) == steps
    assert_array_equal(alone_at_work.columns, beside.columns)
    for mine, other in zip(alone_at_work.by_fold, beside.by_fold, strict=True):
        assert_array_equal(mine, other)


@pytest.mark.parametrize("marks", [np.zeros((6, 2)), np.zeros(6), np.array([[0.0]] * 5 + [[np.nan]])])
def test_every_essay_needs_a_mark_for_each_target(marks: NDArray[np.float64]) -> None:
    """Anything else is refused in a sentence, not learnt from."""
    with pytest.raises(InputError, match="one finite number for each text and target"):
        fit_text_learner("words", ["a text"] * 6, marks)


@pytest.mark.parametrize("kind", KINDS)
def test_company_and_order_change_nothing(kind: TermKind) -> None:
    """A text gets the same alone, in a crowd, and in another order."""
    texts, codes = written(60)
    learner = fit_text_learner(kind, texts, trait_marks(codes), targets=TRAITS)
    together = learner.predict(texts)
    assert_array_equal(together[::-1], learner.predict(texts[::-1]))
    assert_array_equal(together, np.concatenate([learner.predict([text]) for text in texts]))
    assert (0, 3) == learner.predict([]).shape


def test_runs_are_there_or_not() -> None:
    """How often a run occurs, and in which letters, does not matter to learners of runs."""
    texts, codes = written(40)
    learner = fit_text_learner("runs", texts, column(codes))
    once, often = learner.predict(["bala domi " * 2, "BALA domi " * 5])[:, 0]
    assert once == often


def test_a_run_that_a_longer_one_stands_for_is_left_out() -> None:
    """Of runs that share their texts the longest is kept; one that occurs elsewhere too stays."""
    texts = ["xabcx"] * 10 + ["yabcy"] * 10 + ["zbcz"] * 3
    terms = fit_text_learner("runs", texts, np.arange(23)[:, np.newaxis] % 3).terms
    assert ("abc", "xabcx", "yabcy") == terms


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
        with_columns(matrix, wording.columns, wording.learners),
        codes,
        folds,
        scale=SCALE,
        growing=Growing(booster=LightGBMBooster(), params=PARAMS, seed=3),
        calibration="sigmoid",
        decision="rescale",
        views=[with_columns(matrix, columns, wording.learners) for columns in wording.by_fold],
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
    learn_wording(
        KINDS, texts, OVERALL, column(codes), folds_of(40), ties=alone(40), seed=1, on_step=heard.append
    )
    assert list(range(1, 16)) == heard


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "texts",
    [["one text"] * 12, [f"text{chr(97 + row)}" * 2 for row in range(12)], ["a", "b"], ["?"]],
    ids=["identical", "nothing shared", "two", "one"],
)
def test_texts_that_teach_nothing_suggest_the_mean(kind: TermKind, texts: list[str]) -> None:
    """With no shared term, or no difference, the mean grade is all that can be said."""
    codes = np.arange(len(texts), dtype=np.int64) % 3
    learner = fit_text_learner(kind, texts, column(codes))
    assert_allclose(learner.predict([*texts, "something else"]), codes.mean(), atol=0.02)


def test_copies_that_are_all_tied_get_the_mean() -> None:
    """When nothing can be held out, the column says nothing."""
    values = learn_columns(
        tabulate("words", ["one text"] * 8),
        column(np.arange(8) % 4),
        np.arange(8),
        targets=OVERALL,
        ties=[("t",)] * 8,
        seed=0,
    ).values
    assert_allclose(values, 1.5, atol=1e-3)


def test_an_essay_without_a_known_word_gets_the_mean() -> None:
    """Unknown words, and no words, are no reason for an extreme grade."""
    texts, codes = written()
    learner = fit_text_learner("words", texts, column(codes))
    assert_allclose(learner.predict(["xylofon qwerty", ""]), codes.mean(), atol=1e-3)


def test_swedish_letters_are_letters() -> None:
    """A learner of Swedish words knows them whole."""
    texts = ["Åsa åker båt över sjön", "hon går öster ut på ön"] * 6
    learner = fit_text_learner("words", texts, np.array([[4], [0]] * 6))
    assert {"Åsa", "båt", "sjön", "ön", "åker båt"} <= set(learner.terms)
    better, worse = learner.predict(["Åsa åker båt", "öster ut på ön"])[:, 0]
    assert better > 3
    assert worse < 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"terms": ("a",)}, r"of words from 'traits': idf of type float32 and shape \(2,\)"),
        ({"terms": ("a", "a")}, "a term twice"),
        ({"kind": "runs", "terms": ("aaa", "aaa")}, "a term twice"),
        ({"idf": np.array([0, 1], dtype=np.float32)}, "a rarity that is not above 0"),
        ({"idf": np.array([1, 1])}, "idf of type int64"),
        ({"weights": np.array([[np.nan, 1]], dtype=np.float32)}, "weights .* finite numbers"),
        ({"weights": np.ones(2, dtype=np.float32)}, r"weights .* expected finite numbers of shape \(1, 2\)"),
        ({"means": np.array([np.inf])}, "means .* finite numbers"),
        ({"penalties": np.ones(2)}, r"penalties .* shape \(2,\)"),
        ({"targets": ()}, "it needs one or more, each once"),
        ({"targets": ("a", "a")}, "it needs one or more, each once"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    """A damaged learner is not used."""
    ones = np.ones((1, 2), dtype=np.float32)
    sound: dict[str, object] = {
        "kind": "words", "source": "traits", "targets": ("overall",), "terms": ("a", "b"), "idf": ones[0],
        "weights": ones, "intercepts": np.zeros(1), "means": np.ones(1), "penalties": np.ones(1),
    }  # fmt: skip
    assert (1, 1) == FittedTextLearner(**sound).predict(["a"]).shape  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message):
        FittedTextLearner(**(sound | changes))  # type: ignore[arg-type]  # made from parts


@pytest.mark.parametrize("kind", ["words", "runs"])
def test_reading_a_text_needs_no_learning_library(tmp_path: Path, kind: TermKind) -> None:
    """A process that scores, with learners at work, loads neither scikit-learn nor SciPy nor LightGBM."""
    texts, codes = written(20)
    files = learners_to_files([fit_text_learner(kind, texts, column(codes))])
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = subprocess.run(
        [sys.executable, "-c", READS, str(tmp_path), kind],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(gradewise.__file__).parents[1])},
    )
    assert "True []" == found.stdout.strip()
