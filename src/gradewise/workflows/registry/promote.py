"""Promote a model: judged against production, held where models are deployed, recorded, linked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from gradewise.errors import GateError
from gradewise.registry.acts import Act, Actor, NameState
from gradewise.registry.decisions import OvertakenError, check_promotion, decide_promotion
from gradewise.registry.records import GateRecord, ModelRecord, StageChange
from gradewise.registry.stages import Stage
from gradewise.registry.trail import done_before
from gradewise.telemetry import Listener, silent
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.acting import new_actor
from gradewise.workflows.registry.following import hold_copy, link, settle
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.telling import judgement, told
from gradewise.workflows.registry.turns import promoting

JudgeAgainst = Callable[[ModelRecord | None], Awaitable[GateRecord]]
"""Says what gates say of a model beside this one in production; ``None`` where there is none."""

MOST_JUDGEMENTS = 24
"""How often a model is judged anew because another machine changed production while it was judged."""


@told("promote")
async def promote(
    services: RegistryServices,
    model: ModelRecord,
    *,
    stage: Literal["staging", "production"],
    judge: JudgeAgainst,
    reason: str = "",
    override: str | None = None,
    listener: Listener = silent,
) -> StageChange:
    """Bring a model to a stage; whoever is in production makes room for a model that goes there.

    Killed at any moment it leaves the model where it was or where it goes: the database decides, and links
    follow it at the next act, or at `repair`. Done again, it says what was done before.

    Args:
        services: registry, stores, and who acts.
        model: which.
        stage: where to.
        judge: asks the gates; asked again when production changes meanwhile.
        reason: why, for the audit trail.
        override: why the model goes there though gates are not passed.
        listener: hears of steps.

    Returns:
        The line of the audit trail by which the model stands there.

    Raises:
        GateError: gates are not passed, and nothing is said why that does not count.
        RegistryError: the step is not legal, or production changed all the while.
        BundleError: no copy of the bundle is whole.
        UnavailableError: database, store or disk do not answer or are full; nothing was changed, or, where
            the message says so, only links are to follow.
    """
    if override is not None and not override.strip():
        raise GateError("an override needs a reason in words; it is kept in the audit trail")
    wish = _Wish(
        model=model,
        to=stage,
        judge=judge,
        override=override,
        actor=new_actor(services, reason),
        listener=listener,
    )
    await settle(services, model.model_name, listener)
    report = await _judged(services, wish)
    listener(StepTaken("promote", "judged", model.label))
    await hold_copy(services, model)
    listener(StepTaken("promote", "held", model.label))
    change = await _recorded(services, wish, report)
    listener(StepTaken("promote", "recorded", model.label))
    await link(services, model.model_name, listener)
    listener(StepTaken("promote", "linked", model.label))
    return change


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What somebody wants promoted where."""

    model: ModelRecord
    to: Stage
    judge: JudgeAgainst
    override: str | None
    actor: Actor
    listener: Listener


async def _judged(services: RegistryServices, wish: _Wish) -> GateRecord | None:
    """What gates say against the production model of now; nothing about a model that is there already."""
    state = await services.registry.state(wish.model.model_name)
    if check_promotion(state, wish.model.id, to=wish.to).stage == wish.to:
        return None
    report = await wish.judge(state.production)
    await services.registry.add_gate_record(report)
    wish.listener(judgement(report))
    if not report.passed and wish.override is None:
        raise GateError(
            f"{wish.model.label} does not pass the gates for {wish.to} (gate report {report.id}); nothing "
            "was changed; judge by rules of your own (promotion.gates of a plan, --plan), or say why it goes "
            "all the same: --override 'why'"
        )
    return report


async def _recorded(services: RegistryServices, wish: _Wish, report: GateRecord | None) -> StageChange:
    """Write the act down, judging anew when another model has come into production meanwhile.

    Those who are overtaken go on one after the other, so that each is judged but once more.
    """
    try:
        return await _written(services, wish, report)
    except OvertakenError as error:
        overtaken = error
    async with promoting(services, wish.model.model_name):
        for _ in range(MOST_JUDGEMENTS):
            try:
                return await _written(services, wish, await _judged(services, wish))
            except OvertakenError as error:
                overtaken = error
    raise overtaken


async def _written(services: RegistryServices, wish: _Wish, report: GateRecord | None) -> StageChange:
    """The line of the audit trail, of now or of before."""
    name, change = wish.model.model_name, None
    if report is not None:
        change = await services.registry.act(name, partial(_decide, wish=wish, report=report))
    return change or done_before(await services.registry.state(name), wish.model)


def _decide(state: NameState, *, wish: _Wish, report: GateRecord) -> Act | None:
    return decide_promotion(
        state, wish.actor, wish.model.id, to=wish.to, report=report, override=wish.override
    )
