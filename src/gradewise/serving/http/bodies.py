"""What clients send, as it is decoded and described: fields that are not known are refused."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from gradewise.essays.cells import MOST_COMPONENTS
from gradewise.essays.intake import MAX_CHARACTERS
from gradewise.serving.intake import asked_essay
from gradewise.workflows.scoring.requests import ScoreRequest

MOST_ESSAYS = 500
"""Of one batch."""
MOST_REASONS = 50
MOST_NUMBERS = 1000
LONGEST_VALUE = 200
"""Characters of a number, truth or time that is sent as text."""
AT_ONCE = 20_000
"""Characters of texts that are repaired without letting others go on: 20 ms where they are amiss all over."""

Name = Annotated[str, Meta(max_length=200)]
HexId = Annotated[
    str, Meta(pattern="^[0-9a-f]{32}$", min_length=32, max_length=32, description="32 hex digits.")
]
NReasons = Annotated[
    int, Meta(ge=0, le=MOST_REASONS, description="How many of the strongest reasons to give.")
]
Unit = Annotated[
    str,
    Meta(
        max_length=200,
        description="A student or a class: whoever shares it is graded by one model while two are compared. "
        "The essay itself when empty.",
    ),
]


GivenValue = (
    bool
    | float
    | Annotated[str, Meta(max_length=LONGEST_VALUE)]
    | Annotated[list[float], Meta(max_length=MOST_COMPONENTS)]
)


class EssayBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An essay to be graded."""

    text: Annotated[
        str, Meta(min_length=1, max_length=MAX_CHARACTERS, description="The essay as it was written.")
    ]
    """The essay."""
    essay_id: Annotated[Name, Meta(description="What you call it; by its text when empty.")] = ""
    """Its name."""
    prompt: Annotated[Name, Meta(description="What prompts are told apart by.")] | None = None
    """Which task."""
    prompt_text: (
        Annotated[str, Meta(max_length=MAX_CHARACTERS, description="The task as the writer saw it.")] | None
    ) = None
    """The task."""
    unit: Unit = ""
    """Who shares one model while two are compared."""
    given: Annotated[
        dict[str, GivenValue],
        Meta(
            max_length=MOST_NUMBERS,
            description="Numbers that the model reads beside the text, by name; also true or false, a time "
            "in ISO 8601, or a list of numbers.",
        ),
    ] = msgspec.field(default_factory=dict)
    """Numbers that came with it."""


class ScoreBody(EssayBody, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """One essay to be graded."""

    reasons: NReasons = 0
    """How many reasons to give."""


class BatchBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Essays that are graded by one and the same model; answers come in their order."""

    essays: Annotated[list[EssayBody], Meta(min_length=1, max_length=MOST_ESSAYS)]
    """The essays."""
    batch_id: Annotated[Name, Meta(description="Stands beside each answer in the score log.")] = ""
    """What they have in common."""
    reasons: NReasons = 0
    """How many reasons to give for each."""


class CorrectionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """What a teacher decided about a grade."""

    score_id: HexId
    """The answer that was looked at."""
    grade: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            description="The grade that it should have been, spelled as the model spells it; the same grade "
            "confirms it.",
        ),
    ]
    """The teacher's grade."""
    corrected_by: Annotated[str, Meta(min_length=1, max_length=200, description="Who decided.")]
    """Who."""
    reason: Annotated[str, Meta(max_length=2000, description="Why.")] = ""
    """Why."""
    id: HexId | None = None
    """Names the correction: sent again with the same id, it stays once."""


SCORE_EXAMPLE = ScoreBody(
    text="Dear principal, I think that students should be allowed to use their phones at lunch.",
    essay_id="essay-17",
    unit="class-9b",
    reasons=3,
)
BATCH_EXAMPLE = BatchBody(
    essays=[EssayBody(text="School is good.", essay_id="one"), EssayBody(text="It is not.", essay_id="two")],
    batch_id="spring",
)
CORRECTION_EXAMPLE = CorrectionBody(
    score_id="3fa94a1c0b7d4e52a86e1f0c9d2b7a35",
    grade="C",
    corrected_by="ann",
    reason="the argument carries it",
)


async def asked_requests(bodies: Sequence[EssayBody], *, n_reasons: int) -> list[ScoreRequest]:
    """What the use case is asked, in order; long texts are made ready without keeping anybody waiting.

    Raises:
        InputError: one of them is no essay.
    """
    make = partial(_asked_together, bodies, n_reasons)
    n = sum(len(body.text) + len(body.prompt_text or "") for body in bodies)
    return make() if n <= AT_ONCE else await asyncio.to_thread(make)


def _asked_together(bodies: Sequence[EssayBody], n_reasons: int) -> list[ScoreRequest]:
    return [asked_request(body, n_reasons=n_reasons) for body in bodies]


def asked_request(body: EssayBody, *, n_reasons: int) -> ScoreRequest:
    """What the use case is asked; raises `InputError` where it is no essay."""
    essay = asked_essay(
        body.text,
        essay_id=body.essay_id,
        prompt=body.prompt,
        prompt_text=body.prompt_text,
        given=body.given,
    )
    return ScoreRequest(essay=essay, unit=body.unit, n_reasons=n_reasons)
