"""What is said of a body that is not as described."""

import pytest

from gradewise.errors import InputError
from gradewise.serving.events.messages import read_data, read_envelope
from gradewise.serving.http.bodies import BatchBody, CorrectionBody, ScoreBody
from gradewise.serving.http.problems import ProblemError
from gradewise.serving.http.reading import decoded

ALL = "; there is: text, essay_id, prompt, prompt_text, unit, given, reasons"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (ScoreBody, b'{"text": "a", "id": "x"}', "'id'; did you mean 'essay_id'?"),
        (ScoreBody, b'{"Text": "a"}', "'Text'; did you mean 'text'?"),
        (ScoreBody, b'{"text": "a", "content": "x"}', f"'content'{ALL}"),
        (BatchBody, b'{"id": "x", "essays": []}', "'id'; did you mean 'batch_id'?"),
        (BatchBody, b'{"essays": [{"text": "a"}, {"id": "x"}]}', "`$.essays[1]`; did you mean 'essay_id'?"),
        (CorrectionBody, b'{"score": "x"}', "'score'; did you mean 'score_id'?"),
        (ScoreBody, b'{"` - at `$.text.x[0]": 1}', "unknown field ''"),
        (ScoreBody, b'{"given": {"a": {"b": 1}}}', "got `object` - at `$.given[...]`"),
    ],
    ids=["part", "spelling", "other", "batch", "within", "correction", "spoofed", "no_field"],
)
def test_the_field_that_is_meant_is_named(kind: type, body: bytes, said: str) -> None:
    """The one that is spelled nearly so, or that ends so, where it stands; else all that there are."""
    with pytest.raises(ProblemError) as caught:
        decoded(body, kind)
    assert caught.value.detail.endswith(f"{said}; see /docs")


@pytest.mark.parametrize(
    "name", ["q" * 99_999, "I lost my card on the train home"], ids=["without end", "of an essay"]
)
def test_what_is_no_name_is_not_sent_back(name: str) -> None:
    """It may be an essay in the wrong place, and answers and events are kept where essays must not be."""
    with pytest.raises(ProblemError) as caught:
        decoded(b'{"%s": 1}' % name.encode(), ScoreBody)
    assert f"unknown field <{len(name):,} characters>{ALL}; see /docs" in caught.value.detail
    assert name[:9] not in caught.value.detail


def test_events_are_told_so_too() -> None:
    """By the same words."""
    envelope = read_envelope(b'{"id": "e", "schema_version": 1, "data": {"text": "a", "essay": "b"}}')
    with pytest.raises(InputError, match="did you mean 'essay_id'"):
        read_data(envelope, ScoreBody)
