"""Which models answer, and that another one takes their place, by HTTP."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import Request

from gradewise.serving.http.answers import ModelBody
from gradewise.serving.http.endpoints import Endpoint
from gradewise.serving.http.guard import Guard
from gradewise.serving.http.service_answers import ReloadedBody, ReloadsBody, SlotBody, SlotsBody
from gradewise.workflows.scoring.slot_status import without_places

if TYPE_CHECKING:
    from gradewise.service_events import ModelReloaded
    from gradewise.workflows.scoring.services import Serving
    from gradewise.workflows.scoring.slot_status import SlotStatus

GROUP = "Models"


def model_endpoints(serving: "Serving", guard: Guard) -> Sequence[Endpoint]:
    """What may be asked about models; those who keep the service are told where they lie."""
    handlers = _Models(serving, guard)
    return (
        Endpoint(
            method="GET", path="/v1/models", role="score", group=GROUP, answers=SlotsBody,
            answer=handlers.slots, summary="Show which models answer",
            description="Shows which models answer, since when, and why a newer one does not. Where they "
            "are looked for, and what is wrong with one in words, is told to role admin alone.",
        ),
        Endpoint(
            method="POST", path="/v1/models/reload", role="admin", group=GROUP, answers=ReloadsBody,
            answer=handlers.reload, summary="Look for other models now",
            description="Looks for other models now. One that is damaged or grades otherwise than when it "
            "was made is refused, and the one before it goes on; the answer says so with status 200.",
        ),
    )  # fmt: skip


class _Models:
    def __init__(self, serving: "Serving", guard: Guard) -> None:
        self._serving, self._guard = serving, guard

    async def slots(self, request: Request, _body: None) -> SlotsBody:
        shown = [slot.status for slot in self._serving.slots]
        if not self._guard.may(request.headers.getlist("authorization"), "admin"):
            shown = [without_places(status) for status in shown]
        return SlotsBody(slots=[slot_body(status) for status in shown])

    async def reload(self, _request: Request, _body: None) -> ReloadsBody:
        told = await asyncio.gather(*(slot.reload(asked_by="request") for slot in self._serving.slots))
        return ReloadsBody(reloads=[_reloaded_body(each) for each in told])


def slot_body(status: "SlotStatus") -> SlotBody:
    """A slot as clients see it."""
    refusal = status.refusal
    return SlotBody(
        slot=status.slot,
        place=status.place,
        model=None if status.identity is None else ModelBody.of(status.identity),
        loaded_at=status.loaded_at,
        looked_at=status.looked_at,
        refused=refusal.reason if refusal else "",
        detail=refusal.detail if refusal else "",
    )


def _reloaded_body(told: "ModelReloaded") -> ReloadedBody:
    model = None
    if told.model_digest:
        model = ModelBody(name=told.model_name, version=told.model_version, digest=told.model_digest)
    return ReloadedBody(
        slot=told.slot, outcome=told.outcome, reason=told.reason, detail=told.detail, model=model,
        seconds=told.seconds,
    )  # fmt: skip
