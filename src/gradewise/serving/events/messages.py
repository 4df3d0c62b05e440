"""What others send, as it is read: an envelope, and in it an essay or a batch."""

import contextlib
import hashlib
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from gradewise.errors import InputError
from gradewise.serving.repeated_fields import require_single
from gradewise.serving.unfit import told_unfit

SCORE_REQUESTED, BATCH_FINALIZE = "gradewise.score.requested", "gradewise.batch.finalize"
"""Topics that a worker hears."""
SCORE_COMPLETED, SCORE_FAILED = "gradewise.score.completed", "gradewise.score.failed"
"""Topics of answers."""
BATCH_FAILED = "gradewise.batch.failed"
"""Topic of batches that cannot be final; what others came to is told by the outbox."""
SCHEMA_VERSION = 1
"""Of requests and answers: raised when their reader would have to change."""
LONGEST_ID = 200
"""Characters of the id of an event."""
_CORRELATION = r"^[A-Za-z0-9._:-]{0,128}$"

T = TypeVar("T")


class Envelope(msgspec.Struct, kw_only=True, frozen=True):
    """A request as it travels; what else stands in it is left alone."""

    id: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
    """Names the event: sent twice, it is answered once."""
    schema_version: Annotated[int, Meta(ge=1, le=SCHEMA_VERSION)]
    """Of `data`."""
    data: msgspec.Raw
    """What is asked."""
    correlation_id: Annotated[str, Meta(pattern=_CORRELATION)] = ""
    """What else is done for the same reason."""


class BatchAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A batch that is to be final."""

    batch_id: Annotated[str, Meta(min_length=1, max_length=200)]
    """Of the database of judged essays."""


class _Named(msgspec.Struct):
    id: str


def read_envelope(body: bytes) -> Envelope:
    """The envelope of a message; raises `InputError` where it is none."""
    return _read(body, Envelope)


def read_data(envelope: Envelope, kind: type[T]) -> T:
    """What is asked; raises `InputError` where it is something else."""
    return _read(bytes(envelope.data), kind)


def event_id_in(body: bytes) -> str:
    """The id of a message that is otherwise no request.

    A name made of the bytes of the message where it has none that can be one; so two whose ids are too long,
    and begin alike, are not taken for one.
    """
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        named = msgspec.json.decode(body, type=_Named).id
        if 0 < len(named) <= LONGEST_ID:
            return named
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def derived_id(topic: str, event_id: str) -> str:
    """What follows from an event under a name of its own: 32 hex digits, always the same.

    >>> derived_id("gradewise.score.requested", "e-1")
    'c30900987076173ef24f7130548699f3'
    """
    return hashlib.sha256(f"{topic}\0{event_id}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(body: bytes, kind: type[T]) -> T:
    # Not `from error`: the decoder's errors hold the body, which is the essay.
    try:
        content = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InputError(f"the event is none that is known: {told_unfit(error, kind)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError("the event is no JSON; send an envelope: id, schema_version, data") from None
    require_single(body)
    return content
