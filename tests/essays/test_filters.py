"""Which essays an experiment is about."""

import pytest

from gradewise.errors import InputError
from gradewise.essays.filters import Filters, apply_filters
from gradewise.essays.records import Essay

ESSAYS = [
    Essay(id="two", text="one two", prompt="Letter"),
    Essay(id="three", text="one two three", prompt="Story"),
    Essay(id="four", text="one two three four", prompt="Story"),
    Essay(id="five", text="one two three four five"),
]


@pytest.mark.parametrize(
    ("filters", "kept", "dropped"),
    [
        (Filters(), "two three four five", {}),
        (Filters(min_words=3, max_words=4), "three four", {"too long": 1, "too short": 1}),
        (Filters(min_words=3), "three four five", {"too short": 1}),
        (Filters(max_words=2), "two", {"too long": 3}),
        (Filters(exclude_prompts=("Letter",)), "three four five", {"prompt": 1}),
        (Filters(only_prompts=("Story",), max_words=3), "three", {"prompt": 2, "too long": 1}),
    ],
)
def test_filters_keep_what_satisfies_all(filters: Filters, kept: str, dropped: dict[str, int]) -> None:
    """Bounds are inclusive, and what is dropped is counted by its first reason."""
    filtered = apply_filters(ESSAYS, filters)
    assert [essay.id for essay in filtered.kept] == kept.split()
    assert filtered.dropped == dropped


def test_contradictions_and_empty_results_are_refused() -> None:
    """Bounds the wrong way round, a prompt kept and excluded, and filters that leave nothing are errors."""
    with pytest.raises(InputError, match="5 to 2 words"):
        Filters(min_words=5, max_words=2)
    with pytest.raises(InputError, match="'x' is both"):
        Filters(exclude_prompts=("x",), only_prompts=("x",))
    with pytest.raises(InputError, match=r"none of 4 essays \(4 too short\)"):
        apply_filters(ESSAYS, Filters(min_words=99))
