"""A field that comes twice in a body, of which each reader takes another one."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.serving.events.messages import read_data, read_envelope
from gradewise.serving.http.bodies import ScoreBody
from gradewise.serving.http.reading import decoded
from gradewise.serving.repeated_fields import require_single

SPELLED: dict[str, Callable[[Any], str]] = {
    "spaced": json.dumps,
    "compact": partial(json.dumps, separators=(",", ":"), ensure_ascii=False),
    "indented": partial(json.dumps, indent=1),
}
FIELDS = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8"), max_size=5), st.sampled_from([1, "a", {}])),
    max_size=5,
)


@pytest.mark.parametrize("spell", SPELLED.values(), ids=SPELLED.keys())
@given(fields=FIELDS)
def test_what_comes_once_is_let_through_and_what_comes_twice_is_not(
    spell: Callable[[Any], str], fields: list[tuple[str, Any]]
) -> None:
    """However a body is spelled, whatever its fields are called, and wherever they stand in it."""
    alone = [spell({name: value})[1:-1] for name, value in fields]
    names = [name for name, _ in fields]
    between = ", " if spell is json.dumps else ","
    body = "{" + between.join(alone) + "}"
    if len(set(names)) == len(names):
        require_single(body.encode())
    else:
        with pytest.raises(InputError, match="comes twice"):
            require_single(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"a","text":"b"}', b'{"text": "a", "te\\u0078t": "b"}',
        b'{"text": "a","reasons":1,"text":"b"}',
        b'{ "text" : "\xc3\xa5" , "text" : "b" }',
    ],
    ids=["plain", "escaped", "both spellings", "blanks"],
)  # fmt: skip
def test_no_essay_is_read_that_others_read_otherwise(body: bytes) -> None:
    """By HTTP and in events, the field is named."""
    with pytest.raises(InputError, match="field 'text' comes twice; send it once"):
        decoded(body, ScoreBody)
    with pytest.raises(InputError, match="field 'text' comes twice"):
        read_data(read_envelope(b'{"id": "e", "schema_version": 1, "data": %b}' % body), ScoreBody)
    with pytest.raises(InputError, match="field 'id' comes twice"):
        read_envelope(b'{"id": "e", "schema_version": 1, "data": 1, "id": "f"}')


def test_what_is_nested_without_end_is_refused() -> None:
    """Also where nobody asked for what is nested."""
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(InputError):
        read_envelope(b'{ "id": "e", "schema_version": 1, "data": 1, "more": %b}' % deep)
    with pytest.raises(InputError, match="cannot be told"):
        require_single(b'{ "a": "\x01"}')
