"""What `promote` asks of gates, which may have answered before."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import BundleError, InputError, PlanError
from gradewise.evaluation.gate_json import gate_report_from_json
from gradewise.evaluation.promotion_gates import SPEED
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.reporting.topics.promotion import promotion_statements
from gradewise.telemetry import Listener, Notice, silent
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.held_out import HeldOut, asked_plan, essays_in, held_out_essays
from gradewise.workflows.registry.opened import OpenedModel, open_registered
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.validate import ValidatedRun, held_rules_digest, validate_on
from gradewise.workflows.registry.validate_page import FORMAT
from gradewise.workflows.services import Services

_NONE = "0" * 64  # the digest of nothing that was asked or read


def judge_for(
    model: ModelRecord,
    services: Services,
    registry: RegistryServices,
    *,
    plan: Plan | None = None,
    data: Path | None = None,
    overridden: bool = False,
    listener: Listener = silent,
) -> Callable[[ModelRecord | None], Awaitable[GateRecord]]:
    """What `promote` asks: judges a registered model against whatever is in production at the moment.

    Essays are read once. What gates said before of this very bundle, by the same rules, on the same essays,
    against the same model in production is not asked again; unless all that stood against it was speed,
    since that may have been the machine's fault.

    Args:
        model: what is judged.
        services: what opens files and measures texts.
        registry: knows models and keeps reports.
        plan: as `validate`.
        data: a file of graded essays; the locked test set of the model's own run when absent.
        overridden: whether a reason was given to do without gates: where they cannot be judged, the report
            then says why, and is not passed.
        listener: hears what happens.

    Returns:
        A judge; it raises what `validate` and `open_registered` raise.
    """
    return _Judge(
        model=model,
        services=services,
        registry=registry,
        plan=plan,
        data=data,
        overridden=overridden,
        listener=listener,
    ).judge


@dataclass(slots=True, kw_only=True, eq=False)
class _Judge:
    """What `judge_for` makes; keeps the essays once they are read."""

    model: ModelRecord
    """What is judged."""
    services: Services
    """What opens files and measures texts."""
    registry: RegistryServices
    """Knows models and keeps reports."""
    plan: Plan | None
    """Whose gates; the model's own when ``None``."""
    data: Path | None
    """A file of graded essays; the locked test set when ``None``."""
    overridden: bool
    """Whether gates that cannot be judged stop nobody."""
    listener: Listener
    """Hears what happens."""
    opened: tuple[OpenedModel, HeldOut] | None = None
    """The model and the essays, once read."""

    async def judge(self, production: ModelRecord | None) -> GateRecord:
        """What gates say, kept in the registry."""
        try:
            record = await self._judged(production)
        except (InputError, BundleError, PlanError) as error:
            if not self.overridden:
                raise
            record = _unjudged(self.model, production, self.services, str(error))
        await self.registry.registry.add_gate_record(record)
        return record

    async def _judged(self, production: ModelRecord | None) -> GateRecord:
        """What gates say now, or said of the same before."""
        candidate, held = await asyncio.to_thread(self._open)
        against = None if production is None else production.content_id
        earlier = await self.registry.registry.gate_records(candidate.bundle.digest)
        known = find_reusable(earlier, digest=held_rules_digest(held), data=held.sha256, against=against)
        if known is not None:
            self.listener(
                Notice("gates were judged before: the same bundle, rules, essays, model in production")
            )
            return known
        run = await asyncio.to_thread(self._measure, production, candidate, held)
        for statement in promotion_statements(run.report, run.notices):
            self.listener(Notice(statement.text))
        self.listener(Notice(f"gate report: {run.html}"))
        return run.record

    def _open(self) -> tuple[OpenedModel, HeldOut]:
        if self.opened is None:
            candidate = open_registered(self.model, self.registry.stores)
            essays = None if self.data is None else essays_in(self.data, self.plan)
            asked = asked_plan(candidate, self.plan, essays)
            held = held_out_essays(candidate, asked, self.services, self.listener, locked=self.data is None)
            self.opened = candidate, held
        return self.opened

    def _measure(self, production: ModelRecord | None, candidate: OpenedModel, held: HeldOut) -> ValidatedRun:
        other = None if production is None else open_registered(production, self.registry.stores)
        return validate_on(candidate, held, self.services, production=other, listener=self.listener)


def _unjudged(
    model: ModelRecord, production: ModelRecord | None, services: Services, reason: str
) -> GateRecord:
    """What is kept where gates could not be judged: nothing was measured, and nothing is passed."""
    return GateRecord(
        id=str(uuid.uuid4()),
        content_id=model.content_id or "",
        model_name=model.model_name,
        version=model.version,
        against=None if production is None else production.content_id,
        made_at=services.clock(),
        passed=False,
        rules_digest=_NONE,
        data_sha256=_NONE,
        report={"format": FORMAT, "passed": False, "not_judged": reason, "notices": [reason]},
    )


def find_reusable(
    records: Sequence[GateRecord], *, digest: str, data: str, against: str | None
) -> GateRecord | None:
    """The newest report that would come out again: the same rules, essays and model in production.

    Args:
        records: of one bundle, newest first.
        digest: of the rules.
        data: of the essays.
        against: content id of the bundle in production.
    """
    for record in records:
        if (record.rules_digest, record.data_sha256, record.against) == (digest, data, against):
            return record if record.passed or not _slow_alone(record.report) else None
    return None


def _slow_alone(report: Mapping[str, Any]) -> bool:
    """Whether nothing but speed stood against a model."""
    rules = gate_report_from_json(report["gates"]).rules
    against = {
        judged.rule.metric for judged in rules if judged.verdict in {"failed", "not shown"} or judged.lacking
    }
    return bool(against) and against <= SPEED
