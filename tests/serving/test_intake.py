"""What clients send becomes an essay."""

import msgspec
import pytest

from gradewise.errors import InputError
from gradewise.serving.http.bodies import ScoreBody, asked_request
from gradewise.serving.intake import asked_essay


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
