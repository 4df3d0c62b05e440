"""What is kept of texts and columns: bounded, free of text, true to what was there."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.evaluation.data_profile import (
    LABEL,
    MOST_COLUMNS,
    UNKNOWN,
    WORDS,
    Said,
    TextTable,
    describe_data,
    repeated_share,
)
from gradewise.evaluation.profile_parts import (
    MOST_EDGES,
    MOST_LABELS,
    OTHER,
    count_between,
    describe_numbers,
    describe_shares,
    describe_times,
    describe_vectors,
)
from gradewise.evaluation.vocabulary import MOST_WORDS, learn_vocabulary, unknown_words

NUMBERS = hnp.arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e6, 1e6))


@settings(max_examples=50)
@given(NUMBERS)
def test_stretches_part_the_numbers(values: np.ndarray) -> None:
    """Every number lies in one stretch, there are few of them, and their ends rise."""
    found = describe_numbers(values)
    assert len(values) == sum(found.counts) == found.n
    assert len(found.edges) + 1 == len(found.counts)
    assert 1 <= len(found.edges) <= MOST_EDGES
    assert sorted(set(found.edges)) == list(found.edges)
    assert found.counts == count_between(values, found.edges)


def test_many_different_numbers_lie_evenly_in_their_stretches() -> None:
    """A stretch holds as many texts as any other, but for rounding."""
    found = describe_numbers(np.random.default_rng(0).normal(size=2400))
    assert MOST_EDGES == len(found.edges)
    assert max(abs(count - 100) for count in found.counts[:-1]) <= 1
    assert 0 == found.counts[-1]


def test_what_is_not_finite_is_missing() -> None:
    """Empty cells are counted and take no part; a column of them has no distribution."""
    found = describe_numbers(np.array([1.0, np.nan, np.inf]))
    assert (1, 2, 1.0) == (found.n, found.missing, found.mean)
    empty = describe_numbers(np.array([np.nan]))
    assert (0, 1, (), (0,)) == (empty.n, empty.missing, empty.edges, empty.counts)
    assert np.isnan(empty.mean)


def test_rare_labels_are_counted_together() -> None:
    """The commonest labels keep their names; nothing is lost."""
    labels = [f"label-{number:04d}" for number in range(MOST_LABELS + 5)] + ["label-0000", None]
    found = describe_shares(labels)
    assert (2, 5, 1) == (found.counts["label-0000"], found.counts[OTHER], found.missing)
    assert len(labels) - 1 == found.n


def test_a_label_called_like_the_others_is_one_of_them() -> None:
    """Rare labels are added to a label of that very name."""
    labels = [f"label-{number:04d}" for number in range(MOST_LABELS + 1)] + [OTHER, OTHER]
    assert 4 == describe_shares(labels).counts[OTHER]


def test_times_are_kept_by_their_ends() -> None:
    """The earliest and the latest; nothing where nothing is known."""
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    found = describe_times([*days, None])
    assert found is not None
    assert (3, "2026-01-01T00:00:00+00:00", "2026-01-03T00:00:00+00:00") == (found.n, found.first, found.last)
    assert describe_times([None]) is None


def test_new_vectors_lie_as_those_that_were_kept() -> None:
    """Places of new vectors of the same kind have the mean and the spread that were kept."""
    generator = np.random.default_rng(1)
    vectors = (generator.normal(size=(4000, 6)) * [5, 3, 1, 1, 1, 1] + 2).astype(np.float32)
    kept = describe_vectors(vectors[:2000])
    assert kept is not None
    assert (1000, 6, 6) == (kept.n, kept.width, kept.n_axes)
    places = kept.places(vectors[2000:])
    assert places.along.mean(axis=0) == pytest.approx(kept.mean, abs=0.4)
    assert np.diag(kept.spread())[:2] == pytest.approx([25, 9], rel=0.15)
    assert places.distance.mean() == pytest.approx(kept.distance.mean, rel=0.05)
    assert places.outside.max() < 0.1


@pytest.mark.parametrize("n", [0, 1, 19], ids=["none", "one", "too-few"])
def test_few_vectors_have_no_directions(n: int) -> None:
    """Directions need ten vectors each, of one half."""
    assert describe_vectors(np.ones((n, 3), dtype=np.float32)) is None


def test_words_of_training_are_known_and_cannot_be_read() -> None:
    """A vocabulary knows every shared word, hardly another, and does not hold them."""
    pairs = [chr(97 + a) + chr(97 + b) for a in range(26) for b in range(26)]
    words = [f"word{pair}" for pair in pairs]
    vocabulary, unknown = learn_vocabulary([f"Common {word}" for word in words])
    assert 677 == vocabulary.n_words
    assert {"common", *words} == vocabulary.knows(["common", *words])
    strangers = [f"stranger{pair}" for pair in pairs]
    assert len(vocabulary.knows(strangers)) < 15
    assert 0 == len(vocabulary.knows([]))
    assert "common" not in json.dumps(asdict(vocabulary))
    assert {0.5} == set(unknown.tolist())


def test_a_text_is_held_against_the_others_alone() -> None:
    """What a text alone has is unknown in it, though it is in the vocabulary."""
    vocabulary, unknown = learn_vocabulary(["red blue", "red green", "123"])
    assert [0.5, 0.5] == unknown[:2].tolist()
    assert np.isnan(unknown[2])
    assert [0.0, 0.5] == unknown_words(vocabulary, ["blue", "red violet"]).tolist()


def test_a_large_vocabulary_keeps_what_most_texts_share() -> None:
    """Of too many words those that more texts share are kept."""
    letters = [chr(97 + number) for number in range(26)]
    words = [a + b + c + d for a in letters for b in letters for c in letters for d in "xyz"]
    vocabulary, unknown = learn_vocabulary([" ".join(words), "shared aaax", "shared"])
    assert len(words) > MOST_WORDS
    assert (2, 2) == (vocabulary.n_words, vocabulary.least_texts)
    assert [1.0, 1.0] == unknown.tolist()[1:]
    assert {"shared", "aaax"} == vocabulary.knows(["shared", "aaax", "baax"])
    empty, _ = learn_vocabulary(["1 2"])
    assert 0 == empty.n_words


def test_a_profile_says_what_there_is() -> None:
    """Lengths, labels, completeness, repetition and time stand in it; no text does."""
    table = TextTable(
        texts=["one two three", "One  two three", "secretword"],
        numbers={"formality": np.array([0.1, np.nan, 0.3])},
        labels={LABEL: ["a", "b", None]},
        times=[datetime(2026, 1, 1, tzinfo=UTC), None, None],
        vectors={"embedding": np.zeros((3, 2), dtype=np.float32)},
        said=Said(labels=["a"], confidence=np.array([0.9])),
    )
    found = describe_data(table)
    assert {"formality": 2 / 3, LABEL: 2 / 3, "time": 1 / 3} == dict(found.completeness)
    assert (3, 1.0, 3.0) == (found.n, found.lengths[WORDS].low, found.lengths[WORDS].high)
    assert 1 / 3 == pytest.approx(found.repeated)
    assert {} == found.vectors
    assert found.said is not None
    assert {"a": 1} == dict(found.said.labels.counts)
    assert "secretword" not in json.dumps(asdict(found))
    assert UNKNOWN in found.lengths


def test_a_profile_is_small_however_large_the_data() -> None:
    """Everything at its limit stays below 200 kB of JSON."""
    generator = np.random.default_rng(0)
    letters = [chr(97 + number) for number in range(26)]
    words = [a + b + c for a in letters for b in letters for c in letters]
    table = TextTable(
        texts=[" ".join(words[place : place + 200]) for place in range(0, 17_000, 100)] * 2,
        numbers={f"a_column_{number}": generator.normal(size=340) for number in range(MOST_COLUMNS + 3)},
        labels={LABEL: [f"label number {number}" for number in range(340)]},
        vectors={"embeddings": generator.normal(size=(340, 584)).astype(np.float32)},
    )
    found = describe_data(table)
    assert 3 == found.left_out
    assert len(json.dumps(asdict(found))) < 200_000


def test_nothing_repeats_where_there_is_nothing() -> None:
    """No text repeats among none."""
    assert 0.0 == repeated_share([])
    assert {} == dict(describe_data(TextTable(texts=["a"])).completeness)
