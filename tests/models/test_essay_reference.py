"""What the training essays were like: learnt, limited, kept in two files."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from safetensors.numpy import load, save

from gradewise.errors import BundleError, TrainingError
from gradewise.essays.records import Essay
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.reference_files import (
    ARRAYS,
    RECORD,
    REFERENCE_FILES,
    reference_from_files,
    reference_to_files,
)
from gradewise.models.essay_reference import (
    FALSE_ALARMS,
    FEWEST_ESSAYS,
    Limits,
    describe_essays,
    describe_read,
    read_essays,
)
from ordinary_essays import SCHEMA, measured, ordinary, reference

FILES = reference_to_files(reference())


def matrix(*rows: float, ids: tuple[str, ...]) -> FeatureMatrix:
    """Essays whose every feature has one value."""
    values = np.repeat(np.array(rows, dtype=np.float32)[:, None], len(SCHEMA), axis=1)
    return FeatureMatrix(values, SCHEMA, ids)


def test_limits_are_set_by_the_essays() -> None:
    """Lengths come from their shortest and longest, shares from what is usual."""
    limits = reference().limits
    lengths = sorted(len(essay.text.split()) for essay in ordinary())
    assert lengths[0] == pytest.approx(limits.fewest_words, abs=3)
    assert lengths[-1] == pytest.approx(limits.most_words, abs=6)
    assert 0.15 < limits.everyday < 0.35
    assert 0 < limits.to_prompt < limits.typical < 1
    assert limits.half_to_prompt < limits.to_prompt
    assert len(ordinary()) == reference().n


def test_one_training_essay_in_a_hundred_is_beyond_a_learnt_limit() -> None:
    """Limits stand where their share of the essays, each compared with the others, lies beyond."""
    essays = ordinary()
    read = read_essays(essays, measured(essays))
    limits = describe_read(read).limits
    lengths = [len(words) for words in read.texts]
    assert np.mean(np.array(lengths) < limits.fewest_words) <= FALSE_ALARMS / 2
    assert np.mean(np.array(lengths) > limits.most_words) <= FALSE_ALARMS / 2


def test_a_training_set_of_rubbish_sets_no_wide_limits() -> None:
    """One essay in twenty that is all repetition, in letters of its own, moves limits only so far."""
    clean = ordinary()
    rubbish = tuple(Essay(id=f"bad-{at}", text="xqzj wvkx " * 60) for at in range(8))
    essays = (*clean, *rubbish)
    ids = tuple(essay.id for essay in essays)
    limits = describe_essays(essays, matrix(*range(len(essays)), ids=ids)).limits
    assert 0.50 == limits.repeated
    assert limits.strange < 0.6
    assert 0.15 < limits.everyday


def test_prompts_that_are_not_known_set_no_limit() -> None:
    """Without prompts nothing is held against a prompt; everything is held against all essays."""
    essays = tuple(replace(essay, prompt=None) for essay in ordinary())
    limits = describe_essays(essays, measured(essays)).limits
    assert (-np.inf, np.inf, -np.inf) == (limits.to_prompt, limits.typical, limits.half_to_prompt)
    assert limits.to_all > 0


def test_short_texts_can_be_described() -> None:
    """Queries of ten words have their own window."""
    queries = tuple(Essay(id=f"q{at}", text=f"where is my card number {at}") for at in range(12))
    found = describe_essays(queries, matrix(*range(12), ids=tuple(query.id for query in queries)))
    assert (6, 6) == (found.limits.fewest_words, found.limits.most_words)


def test_alerts_may_be_chosen() -> None:
    """Phrases of the language by default, others or none on request."""
    essays = ordinary(20)
    assert "self-harm" in describe_essays(essays, measured(essays)).alerts
    assert {} == describe_essays(essays, measured(essays), alerts={}).alerts


def test_few_essays_show_nothing() -> None:
    """Fewer than ten are refused."""
    essays = ordinary(FEWEST_ESSAYS - 1)
    with pytest.raises(TrainingError, match="9 essays do not show what is ordinary; give at least 10"):
        describe_essays(essays, measured(essays))


def test_the_matrix_must_be_of_the_same_essays() -> None:
    """Another order is another set."""
    essays = ordinary(20)
    with pytest.raises(TrainingError, match="not the same essays in the same order"):
        describe_essays(essays[::-1], measured(essays))


def test_a_reference_comes_back_from_its_files() -> None:
    """Every number, word and limit."""
    found, expected = reference_from_files(FILES), reference()
    assert REFERENCE_FILES == set(FILES)
    assert (expected.n, expected.code, expected.limits) == (found.n, found.code, found.limits)
    assert expected.language.everyday == found.language.everyday
    assert expected.language.trigrams == found.language.trigrams
    assert_array_equal(expected.language.affinity, found.language.affinity)
    assert (expected.topics.terms, expected.topics.prompts) == (found.topics.terms, found.topics.prompts)
    for name in ("idf", "mean", "directions"):
        assert_array_equal(getattr(expected.topics, name), getattr(found.topics, name))
    assert_array_equal(expected.runs.hashes, found.runs.hashes)
    assert_array_equal(expected.runs.owners, found.runs.owners)
    assert_array_equal(expected.ranges.low, found.ranges.low)
    assert_array_equal(expected.ranges.high, found.ranges.high)
    assert {kind: tuple(phrases) for kind, phrases in expected.alerts.items()} == found.alerts
    assert FILES == reference_to_files(found)


def test_limits_without_prompts_come_back_too() -> None:
    """Infinite ones are spelled out in JSON."""
    limits = replace(reference().limits, to_prompt=-np.inf, typical=np.inf, half_to_prompt=-np.inf)
    found = reference_from_files(reference_to_files(replace(reference(), limits=limits)))
    assert limits == found.limits


def test_files_hold_no_sentence_and_stay_small() -> None:
    """No three words in a row of any essay are in the record, and an essay takes less than a kilobyte."""
    record = json.loads(FILES[RECORD])
    strings = {part for name in ("everyday", "trigrams", "terms", "features") for part in record[name]}
    assert max(part.strip().count(" ") for part in strings) == 0
    assert len(FILES[ARRAYS]) < 200_000
    assert asdict(reference().limits).keys() == record["limits"].keys()


def _other_format(files: dict[str, bytes]) -> None:
    files[RECORD] = json.dumps(json.loads(files[RECORD]) | {"format": 9}).encode()


def _a_word_less(files: dict[str, bytes]) -> None:
    record = json.loads(files[RECORD])
    files[RECORD] = json.dumps(record | {"everyday": record["everyday"][1:]}).encode()


def _no_arrays(files: dict[str, bytes]) -> None:
    files[ARRAYS] = b"x"


def _an_array_less(files: dict[str, bytes]) -> None:
    files[ARRAYS] = save({name: array for name, array in load(files[ARRAYS]).items() if name != "idf"})


def _no_limits(files: dict[str, bytes]) -> None:
    record = json.loads(files[RECORD])
    del record["limits"]["everyday"]
    files[RECORD] = json.dumps(record).encode()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_other_format, "has format 9, not 1"),
        (_a_word_less, "49 everyday words has affinities"),
        (_no_arrays, ARRAYS),
        (_an_array_less, "does not hold what"),
        (_no_limits, "limits.everyday"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    damage: Callable[[dict[str, bytes]], None], message: str
) -> None:
    """In one line that says which."""
    files = dict(FILES)
    damage(files)
    with pytest.raises(BundleError, match=message) as refused:
        reference_from_files(files)
    assert "\n" not in str(refused.value)


def test_limits_know_what_is_fixed() -> None:
    """What is the same for every model has one value, written where it is looked up."""
    learnt = Limits(
        fewest_words=1, most_words=2, everyday=0, strange=0, repeated=0, to_prompt=0, typical=0, to_all=0,
        half_to_prompt=0, beyond=0,
    )  # fmt: skip
    assert (0.0, 0.5, 0.03, 0.2, 0.3) == (
        learnt.order, learnt.listed, learnt.symbols, learnt.copied, learnt.shared,
    )  # fmt: skip
