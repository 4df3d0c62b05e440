"""Learnt columns: at the end of the schema, filed under constructs, known by name and version."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from essay_writers import trait_marks, written
from gradewise.errors import InputError
from gradewise.features.constructs import construct_of
from gradewise.features.schema import FeatureSchema
from gradewise.models import learnt_columns
from gradewise.models.auxiliary import AuxiliaryModel
from gradewise.models.auxiliary_fitting import fit_auxiliary
from gradewise.models.learnt_columns import complete, complete_schema, measured_schema, with_columns
from gradewise.models.text.fitting import fit_text_learner
from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.terms import TermKind
from gradewise.testing.graders import made_up_matrix

TEXTS, CODES = written(40)
MEASURED = made_up_matrix(n=40)[0]
MARKS = trait_marks(CODES)


def learner(kind: TermKind, *targets: str) -> FittedTextLearner:
    """A small learner of so many targets."""
    return fit_text_learner(kind, TEXTS, MARKS[:, : len(targets)], targets=targets)


def auxiliary(name: str, *targets: str) -> AuxiliaryModel:
    """A small model of so many targets."""
    return fit_auxiliary(
        name,
        targets,
        MARKS[:, : len(targets)],
        MEASURED,
        TEXTS,
        kinds=("words",),
        seed=0,
        on_step=lambda _: None,
    )


WORDS, CHARACTERS, TWO = (
    learner("words", "overall"),
    learner("characters", "overall"),
    learner("runs", "overall", "Stil & ton"),
)
SET = auxiliary("Six traits", "grammar", "style")


def names(schema: FeatureSchema) -> list[str]:
    """What is behind the measured columns."""
    return list(schema.names[len(MEASURED.schema) :])


def test_names_say_what_is_learnt_from_what() -> None:
    """A kind's column of the overall grade has no more in its name; a trait's, and a set's, names it."""
    assert [
        "wording_words_grade_steps",
        "wording_runs_grade_steps",
        "wording_runs_stil_ton_grade_steps",
        "auxiliary_six_traits_grammar",
        "auxiliary_six_traits_style",
    ] == names(complete_schema(MEASURED.schema, (WORDS, TWO), (SET,)))


def test_the_measured_part_comes_back() -> None:
    """Adding columns and taking them away gives the schema that rows are cached under."""
    for auxiliaries in ((), (SET,)):
        schema = complete_schema(MEASURED.schema, (WORDS, TWO), auxiliaries)
        assert MEASURED.schema.fingerprint == measured_schema(schema).fingerprint
    assert MEASURED.schema == measured_schema(MEASURED.schema)


def test_no_learner_leaves_everything_as_it_was() -> None:
    """A plan without learners makes the bundles that were made before there were any."""
    assert MEASURED.schema is complete_schema(MEASURED.schema, ())
    assert_array_equal(complete(MEASURED, TEXTS, ()).values, MEASURED.values)


def test_present_models_keep_their_fingerprint() -> None:
    """The columns of the overall grade are known by the same names and definitions as ever."""
    found = complete_schema(MEASURED.schema, (WORDS, CHARACTERS)).fingerprint
    assert "9be2731c156cce38" == found[:16]


def test_the_fingerprint_tells_learners_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which learners, of which targets, in which order and of which version, is part of it."""
    every: list[tuple[FittedTextLearner, ...]] = [
        (WORDS,), (CHARACTERS,), (WORDS, CHARACTERS), (CHARACTERS, WORDS), (TWO,),
    ]  # fmt: skip
    prints = {complete_schema(MEASURED.schema, each).fingerprint for each in every}
    prints.add(complete_schema(MEASURED.schema, (WORDS,), (SET,)).fingerprint)
    for version in ("LEARNERS_VERSION", "AUXILIARY_VERSION"):
        monkeypatch.setattr(learnt_columns, version, "2")
        prints.add(complete_schema(MEASURED.schema, (WORDS,), (SET,)).fingerprint)
    assert 8 == len(prints)


def test_columns_are_explained_as_constructs() -> None:
    """Every learnt column is filed under a construct that reports know, and more of it is never worse."""
    specs = complete_schema(MEASURED.schema, (WORDS, TWO), (SET,)).specs[len(MEASURED.schema) :]
    assert ["wording"] * 3 + ["traits learnt elsewhere"] * 2 == [construct_of(spec) for spec in specs]
    assert all(spec.definition.endswith(".") and spec.source for spec in specs)
    assert {1} == {spec.direction for spec in specs}


def test_names_that_clash_are_refused() -> None:
    """Two traits that differ in signs only, or two sets with the same names, cannot be told apart."""
    with pytest.raises(InputError, match="2 columns would be called wording_words_stil_ton_grade_steps"):
        complete_schema(MEASURED.schema, (learner("words", "stil ton", "Stil/ton"),))
    with pytest.raises(InputError, match="2 columns would be called auxiliary_a_b_c"):
        complete_schema(MEASURED.schema, (), (auxiliary("a", "b c"), auxiliary("a b", "c")))


def test_new_essays_get_what_learnt_models_say() -> None:
    """Measured columns stay, each model's suggestions follow in order."""
    new = MEASURED.rows(MEASURED.essay_ids[:6])
    full = complete(new, TEXTS[:6], (WORDS, TWO), (SET,))
    said = [WORDS.predict(TEXTS[:6]), TWO.predict(TEXTS[:6]), SET.suggest(new, TEXTS[:6])]
    assert_array_equal(full.values, np.concatenate([new.values, *said], axis=1))
    assert new.essay_ids == full.essay_ids
    assert complete_schema(MEASURED.schema, (WORDS, TWO), (SET,)) == full.schema


def test_training_essays_get_the_columns_that_are_given() -> None:
    """Out-of-fold columns take the place of what learners would say of essays that they know."""
    columns = np.arange(80, dtype=np.float32).reshape(40, 2)
    full = with_columns(MEASURED, columns, (WORDS, CHARACTERS))
    assert_array_equal(full.values[:, -2:], columns)
