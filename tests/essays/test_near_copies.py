"""Near copies: drafts of one essay are found, other essays are not."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.near_copies import FEWEST_WORDS, near_copies

WORDS = [f"word{number}" for number in range(400)]


def _text(seed: int, n_words: int = 120) -> list[str]:
    return Random(seed).choices(WORDS, k=n_words)


def _joined(words: list[str]) -> str:
    return " ".join(words)


def _groups(keys: list[str]) -> list[int]:
    """For each key where it stands first."""
    return [keys.index(key) for key in keys]


@given(seed=st.integers(0, 10**6), n_changed=st.integers(0, 6), extra=st.integers(0, 40))
def test_a_draft_is_found_however_it_is_spelled(seed: int, n_changed: int, extra: int) -> None:
    """A few words changed, capitals, signs and more at the end: it is one with its draft."""
    random, draft = Random(seed), _text(seed)
    fair = list(draft)
    for place in random.sample(range(len(fair)), n_changed):
        fair[place] = "another"
    fair += _text(seed + 1, extra)
    first, second, other = near_copies([_joined(draft), f"«{_joined(fair).upper()}»!", _joined(_text(10**7))])
    assert first == second != other


@given(drawn=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 119)), max_size=12), order=st.randoms())
def test_who_is_near_whom_does_not_depend_on_the_order(drawn: list[tuple[int, int]], order: Random) -> None:
    """Texts in another order fall into the same groups."""
    texts = []
    for essay, place in drawn:
        words = _text(essay)
        words[place] = "another"
        texts.append(_joined(words))
    places = list(range(len(texts)))
    order.shuffle(places)
    shuffled = near_copies([texts[place] for place in places])
    back = dict(zip(places, shuffled, strict=True))
    assert _groups(list(near_copies(texts))) == _groups([back[place] for place in range(len(texts))])


def test_drafts_of_drafts_are_tied_too() -> None:
    """A first and a third draft may differ much; what lies between ties them."""
    first = _text(1)
    second = [*first[40:], *_text(2, 40)]
    third = [*second[40:], *_text(3, 40)]
    assert 1 == len(set(near_copies([_joined(each) for each in (first, second, third)])))
    assert 2 == len(set(near_copies([_joined(each) for each in (first, third)])))


def test_short_texts_are_what_they_say() -> None:
    """Of a short text another word makes another text; copies in other capitals are one all the same."""
    words = WORDS[: FEWEST_WORDS - 1]
    keys = near_copies([_joined(words), _joined([*words[:-1], "off"]), _joined(words).upper(), "…"])
    assert (True, False, True) == (keys[0] == keys[2], keys[0] == keys[1], keys[3] not in keys[:3])


@pytest.mark.parametrize("n", [3, 120])
def test_a_quoted_task_ties_nothing(n: int) -> None:
    """Half of each text is the same quotation: they are essays of their own, be they few or many."""
    quoted = _text(0, 60)
    texts = [_joined([*quoted, *_text(number, 90)]) for number in range(1, n + 1)]
    assert n == len(set(near_copies(texts)))
    assert () == near_copies([])
