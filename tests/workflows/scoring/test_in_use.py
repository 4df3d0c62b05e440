"""Memory is given back where the C library can; a version that is no time is no time."""

import ctypes
from collections.abc import Iterator

import pytest

from gradewise.workflows.scoring import in_use
from gradewise.workflows.scoring.in_use import InUse, trim_memory
from gradewise.workflows.scoring.slot_status import trained_at
from served_models import ServedModel


@pytest.fixture
def another_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A C library that cannot trim."""
    in_use._malloc_trim.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    yield
    in_use._malloc_trim.cache_clear()


@pytest.mark.usefixtures("another_library")
def test_another_c_library_does_without() -> None:
    """Nothing is trimmed, and nothing fails."""
    trim_memory()
    assert in_use._malloc_trim() is None


def test_what_is_peculiar_to_a_kind_of_model_is_at_hand(bundle_pair: tuple[dict[str, bytes], object]) -> None:
    """The model itself can be asked for, beyond what all have in common."""
    model, closed = ServedModel(bundle_pair[0]), list[bool]()
    used = InUse(model, closed=lambda: closed.append(True))
    assert used.model is model
    del used
    assert ([True], 1) == (closed, model.closed)


def test_a_version_that_is_no_time_says_nothing() -> None:
    """There is no 31st of February."""
    assert ("2026-01-31T12:00:00+00:00", "") == (trained_at("20260131_120000"), trained_at("20260231_120000"))
