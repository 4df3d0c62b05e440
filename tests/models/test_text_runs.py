"""Runs of many texts: what counting strings one by one would give."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.models.text.index import index_terms
from gradewise.models.text.runs import count_runs, run_keys, text_keys
from gradewise.models.text.terms import TermKind, list_terms

TEXTS = st.lists(st.text(alphabet="ab åb\U0001f600", max_size=12), min_size=1, max_size=6)


def runs_of(text: str, sizes: range) -> Counter[str]:
    """One by one."""
    return Counter(text[at : at + size] for size in sizes for at in range(len(text) - size + 1))


@given(TEXTS, st.integers(1, 3), st.integers(1, 5), st.integers(1, 3))
def test_runs_are_counted_as_one_by_one(texts: list[str], low: int, n_sizes: int, fewest: int) -> None:
    """Every run that enough texts share, how often each text has it, and which two it holds."""
    sizes = range(low, low + n_sizes)
    by_text = [runs_of(text, sizes) for text in texts]
    spread = Counter(run for counts in by_text for run in counts)
    expected = {
        (row, run): count
        for row, counts in enumerate(by_text)
        for run, count in counts.items()
        if spread[run] >= fewest
    }
    found = count_runs(texts, sizes, fewest=fewest)
    entries = zip(found.texts.tolist(), found.columns.tolist(), found.counts.tolist(), strict=True)
    assert expected == {(row, found.runs[place]): count for row, place, count in entries}
    for run, held in zip(found.runs, found.inner.tolist(), strict=True):
        names = [found.runs[place] if place >= 0 else "" for place in held]
        assert ([run[:-1], run[1:]] if len(run) > low else ["", ""]) == names


@given(TEXTS)
def test_a_run_has_one_number_wherever_it_stands(texts: list[str]) -> None:
    """Places of a text and single runs get the same numbers, and different runs different ones."""
    sizes = range(2, 6)
    for text in texts:
        runs = sorted(runs_of(text, sizes).elements())
        assert sorted(run_keys(runs).tolist()) == sorted(text_keys(text, sizes).tolist())
    every = sorted({run for text in texts for run in runs_of(text, sizes)})
    assert len(every) == len(np.unique(run_keys(every)))


@pytest.mark.parametrize("kind", ["words", "characters", "runs"])
@given(texts=TEXTS, other=st.text(alphabet="ab åb\U0001f600", max_size=20))
def test_known_terms_are_found_and_counted(kind: TermKind, texts: list[str], other: str) -> None:
    """An index tells of a text what listing its terms does, and of unknown terms nothing."""
    known = sorted({term for text in texts for term in list_terms(kind, text)})
    places, counts = index_terms(kind, known).count(other)
    expected = {term: count for term, count in Counter(list_terms(kind, other)).items() if term in known}
    assert expected == {known[place]: count for place, count in zip(places, counts, strict=True)}
    assert len(expected) == len(places)
