"""What clients send becomes an essay."""

import asyncio

import msgspec
import pytest

from gradewise.errors import InputError, NotFoundError
from gradewise.judgement.batches import BatchResult
from gradewise.serving.http.bodies import AT_ONCE, EssayBody, ScoreBody, asked_request, asked_requests
from gradewise.serving.intake import asked_essay, finalized


def test_what_comes_with_a_text_is_spread_to_numbers() -> None:
    """Lists, truths and times, as in a column of a file; by the body of a request too."""
    sent = {"v": [0.5, 1], "urgent": True, "sent": "2025-05-14T08:30", "n": 2}
    body = msgspec.json.decode(msgspec.json.encode({"text": "Hej", "given": sent}), type=ScoreBody)
    given = asked_request(body, n_reasons=0).essay.given
    assert {"v__000": 0.5, "v__001": 1.0, "urgent": 1.0, "n": 2.0, "sent__hour": 8.0} == {
        name: given[name] for name in ("v__000", "v__001", "urgent", "n", "sent__hour")
    }


@pytest.mark.parametrize("value", [float("inf"), "high", [[1.0]]], ids=str)
def test_what_is_no_number_is_refused(value: object) -> None:
    """The message names essay and number."""
    with pytest.raises(InputError, match="essay 'a': v: "):
        asked_essay("Hej", essay_id="a", given={"v": value})


@pytest.mark.parametrize("length", [9, AT_ONCE], ids=["usual", "long"])
def test_long_texts_keep_nobody_waiting(length: int) -> None:
    """Others are answered while they are made ready; usual ones are ready at once."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def ask() -> list[str]:
        others = asyncio.create_task(tick())
        asked = await asked_requests(
            [EssayBody(text="é" * length, essay_id=name) for name in "ab"], n_reasons=0
        )
        others.cancel()
        return [each.essay.id for each in asked]

    assert ["a", "b"] == asyncio.run(ask())
    assert (ticks > 0) is (length > 9)


def test_a_batch_that_there_is_not_names_no_database() -> None:
    """Nor other batches: those who ask are not those who keep the service."""

    async def finalize(batch_id: str) -> BatchResult:
        raise NotFoundError(f"sqlite:////srv/db has no batch {batch_id!r}; there are: other-school")

    with pytest.raises(NotFoundError, match="there is no batch 'b2'") as caught:
        asyncio.run(finalized(finalize, "b2"))
    assert "srv" not in str(caught.value)
    assert "other-school" not in str(caught.value)
