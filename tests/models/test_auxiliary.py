"""Auxiliary models: other essays teach what a mark is, honestly and whoever is in the batch."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from essay_writers import trait_marks, written
from gradewise.errors import InputError
from gradewise.features.schema import FeatureMatrix
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.auxiliary_fitting import fit_auxiliary
from gradewise.models.text.terms import TermKind
from gradewise.testing.graders import made_up_matrix

TARGETS = ("overall", "grammar", "style")
TEXTS, CODES = written(120)
MARKS = trait_marks(CODES)
MEASURED = made_up_matrix(n=120)[0]


def fitted(marks: np.ndarray = MARKS, *, kinds: tuple[TermKind, ...] = ("words", "runs")) -> AuxiliaryModel:
    """What the essays teach."""
    return fit_auxiliary(
        "others", TARGETS, marks, MEASURED, TEXTS, kinds=kinds, seed=3, on_step=lambda _: None
    )


MODEL = fitted()


def new_essays(n: int = 40) -> tuple[FeatureMatrix, list[str], np.ndarray]:
    """Essays that nothing was learnt from, measured alike."""
    texts, codes = written(n, seed=9)
    return made_up_matrix(n=n, seed=9)[0], texts, trait_marks(codes, seed=9)


def test_other_essays_tell_what_a_mark_is() -> None:
    """Marks of essays that it has not seen are nearer to what it says than to the mean."""
    measured, texts, marks = new_essays(200)
    said = MODEL.suggest(measured, texts)
    assert (200, 3) == said.shape
    assert np.float32 == said.dtype
    error = ((said - marks) ** 2).mean(axis=0)
    assert (error < 0.8 * ((MARKS.mean(axis=0) - marks) ** 2).mean(axis=0)).all()


def test_measures_count_beside_the_texts() -> None:
    """A mark that only a measured feature tells is learnt as well as one of wording."""
    marks = MARKS.copy()
    marks[:, 1] = 2 * MEASURED.values[:, 0]
    measured, texts, _ = new_essays()
    said = fitted(marks).suggest(measured, texts)[:, 1]
    assert np.corrcoef(said, measured.values[:, 0])[0, 1] > 0.95


def test_regressions_read_columns_learnt_from_other_essays() -> None:
    """Marks by chance look as unsure to the regression as they are: no text gave its own mark away."""
    marks = np.random.default_rng(1).permutation(MARKS)
    measured, texts, _ = new_essays()
    assert fitted(marks).suggest(measured, texts).std(axis=0).max() < 0.2


def test_company_and_order_change_nothing() -> None:
    """An essay gets the same alone, in a crowd, and in another order."""
    measured, texts, _ = new_essays()
    together = MODEL.suggest(measured, texts)
    backwards = MODEL.suggest(measured.rows(measured.essay_ids[::-1]), texts[::-1])
    assert_array_equal(together, backwards[::-1])
    alone = [
        MODEL.suggest(measured.rows([name]), [text])
        for name, text in zip(measured.essay_ids, texts, strict=True)
    ]
    assert_array_equal(together, np.concatenate(alone))


def test_suggestions_are_thousandths() -> None:
    """As those of text learners, so that they are the same on every machine."""
    measured, texts, _ = new_essays()
    said = MODEL.suggest(measured, texts).astype(np.float64)
    assert_allclose(said, np.round(said, 3), atol=1e-6)


def test_an_outlier_counts_as_four_deviations() -> None:
    """A measure far beyond what training saw moves a mark no farther than four deviations do."""
    measured, texts, _ = new_essays(1)
    far, farther = (replace(measured, values=measured.values + step) for step in (1e3, 1e6))
    assert_array_equal(MODEL.suggest(far, texts), MODEL.suggest(farther, texts))


def test_no_text_learner_is_a_choice() -> None:
    """Measured features alone teach something too."""
    model = fitted(kinds=())
    assert () == model.learners
    measured, texts, _ = new_essays()
    assert (40, 3) == model.suggest(measured, texts).shape


def test_learning_again_gives_the_same() -> None:
    """Nothing but the seed decides."""
    measured, texts, _ = new_essays()
    assert_array_equal(MODEL.suggest(measured, texts), fitted().suggest(measured, texts))


def test_steps_are_counted() -> None:
    """A listener hears of each kind of text learner and of the regressions."""
    heard: list[int] = []
    fit_auxiliary(
        "others", TARGETS, MARKS, MEASURED, TEXTS, kinds=("words", "runs"), seed=3, on_step=heard.append
    )
    assert [1, 2, 3] == heard


def test_features_must_be_those_of_training() -> None:
    """Another schema is refused, with what to do."""
    measured, texts, _ = new_essays()
    other = replace(measured, schema=replace(measured.schema, language="sv"))
    with pytest.raises(InputError, match="auxiliary model 'others' reads features .* measure as in training"):
        MODEL.suggest(other, texts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": ()}, "regressions of one width or another for targets none"),
        ({"regressions": MODEL.regressions[:2]}, "has 2 regressions"),
        ({"regressions": (*MODEL.regressions[:2], fitted(kinds=()).regressions[0])}, "one width or another"),
        ({"name": "of another"}, "text learners of another"),
        ({"learners": MODEL.learners[:1] * 2}, "text learners of another"),
        ({"targets": ("overall", "style", "grammar")}, "text learners of another"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes: dict[str, object], message: str) -> None:
    """A model is whole, or it is not used."""
    with pytest.raises(InputError, match=message):
        replace(MODEL, **changes)  # type: ignore[arg-type]  # made from parts
