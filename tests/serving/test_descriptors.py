"""Descriptors are asked for where connections need them."""

import resource
from collections.abc import Iterator

import pytest

from gradewise.serving.descriptors import SPARE, room_for_connections
from gradewise.serving.limits import Limits

KIND = resource.RLIMIT_NOFILE


@pytest.fixture(autouse=True)
def limits_kept() -> Iterator[tuple[int, int]]:
    """What this process may open, as it is; restored afterwards."""
    before = resource.getrlimit(KIND)
    yield before
    resource.setrlimit(KIND, before)


def test_what_a_system_gives_is_taken(limits_kept: tuple[int, int]) -> None:
    """As many as are needed, and none where there are enough."""
    _, hard = limits_kept
    resource.setrlimit(KIND, (512, hard))
    limits = Limits(connections=200)
    assert "" == room_for_connections(limits, protocols=2)
    assert (2 * 200 + 50 + SPARE, hard) == resource.getrlimit(KIND)
    assert "" == room_for_connections(Limits(connections=1), protocols=1)
    assert (2 * 200 + 50 + SPARE, hard) == resource.getrlimit(KIND)


def test_where_there_are_too_few_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is missing, and what to do."""
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (256, 512))
    said = room_for_connections(Limits(connections=1000), protocols=2)
    assert "2,000 connections need 2,506 descriptors" in said
    assert "may have 512; raise them" in said
