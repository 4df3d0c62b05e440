"""Whether a model may be used: it is measured on essays that it has not learnt from, and held to rules."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import BundleError, InputError, PlanError
from gradewise.evaluation.gate_json import gate_report_from_json
from gradewise.evaluation.gates import GatePreset, GateReport, judge_gates
from gradewise.evaluation.promotion_gates import (
    SPEED,
    clashes,
    promotion_gates,
    promotion_rule,
    rules_digest,
)
from gradewise.evaluation.results import few_metrics
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.reporting.topics.promotion import promotion_statements
from gradewise.telemetry import Listener, Notice, silent
from gradewise.workflows.plan import Plan
from gradewise.workflows.plan_data import DataPlan
from gradewise.workflows.registry.candidate import measure_candidate, training_shares
from gradewise.workflows.registry.held_out import HeldOut, asked_plan, essays_in, held_out_essays
from gradewise.workflows.registry.opened import OpenedModel, open_registered
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.validate_page import FORMAT, Judged, gate_record_json, validation_page
from gradewise.workflows.research.publishing import write_page
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services

_NONE = "0" * 64  # the digest of nothing that was asked or read
RECORD = "artifacts/validation.json"
"""Where a run keeps what gates said, for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedRun:
    """What a finished validation leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    report: GateReport
    """Every rule, and what became of it."""
    record: GateRecord
    """The same, as the registry keeps it."""
    notices: tuple[str, ...]
    """What a reader of the figures must know: rules that clash, essays too few; a line each."""


def validate(
    model: OpenedModel,
    services: Services,
    *,
    plan: Plan | None = None,
    essays: DataPlan | None = None,
    production: OpenedModel | None = None,
    listener: Listener = silent,
) -> ValidatedRun:
    """Hold a model to the rules of a plan.

    Args:
        model: what is judged.
        services: what opens files and measures texts.
        plan: its rules and how figures are made; those of the model's own run when absent, or the defaults.
        essays: a file of graded essays; the locked test set of the model's own run when absent.
        production: what the model would replace.
        listener: hears what happens.

    Raises:
        InputError: there are no essays that can speak for the model, or their terms allow no figures.
        BundleError: this installation does not measure as the model needs.
    """
    asked = asked_plan(model, plan, essays)
    held = held_out_essays(model, asked, services, listener, locked=essays is None)
    return _validate(model, held, services, production=production, listener=listener)


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
        return _validate(candidate, held, self.services, production=other, listener=self.listener)


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


def rules_of(plan: Plan) -> GatePreset:
    """The rules that a plan asks a model to meet; where it writes none, those of its task."""
    return promotion_gates(
        [
            promotion_rule(gate.metric, gate.comparison, gate.bound, required=gate.required)
            for gate in plan.promotion.asked(ordered=plan.task == "ordinal")
        ]
    )


def held_rules_digest(held: HeldOut) -> str:
    """Digest of the rules, and of how the figures are made that are held against them."""
    made = held.plan.evaluation
    return rules_digest(
        rules_of(held.plan),
        held.plan.promotion.judged_by,
        {
            "resamples": made.resamples,
            "confidence": made.confidence,
            "seed": made.seed,
            "min_group": made.min_group,
        },
    )


def _validate(
    model: OpenedModel,
    held: HeldOut,
    services: Services,
    *,
    production: OpenedModel | None,
    listener: Listener,
) -> ValidatedRun:
    plan, rules = held.plan, rules_of(held.plan)
    against = None if production is None else production.bundle.digest
    content = f"{model.bundle.digest} {held.sha256} {against}"
    with open_run(plan, "validate", services, listener, content=content) as run:
        run.tell(data=held.sha256, features=model.bundle.schema.fingerprint)
        measured = measure_candidate(
            model,
            held.essays,
            services,
            plan.evaluation,
            metrics=[rule.metric for rule in rules.rules],
            production=production,
            listener=run.listener,
        )
        judged = Judged(
            model=model,
            held=held,
            measured=measured,
            production=production,
            report=judge_gates(rules, measured.figures, judged_by=plan.promotion.judged_by),
            rules_digest=held_rules_digest(held),
            clashes=clashes(rules.rules, training_shares(model.bundle)),
        )
        run.directory.write_json(RECORD, gate_record_json(judged, services))
        html = write_page(validation_page(judged, services), run.directory, "validation")
        run.tell(metrics=told(measured.figures, few_metrics(model.bundle.scale)), notes=judged.notices)
    return ValidatedRun(
        directory=run.directory.path,
        html=html,
        report=judged.report,
        record=_record(judged, services),
        notices=judged.notices,
    )


def _record(judged: Judged, services: Services) -> GateRecord:
    known = judged.model.bundle
    return GateRecord(
        id=str(uuid.uuid4()),
        content_id=known.digest,
        model_name=known.metadata.name,
        version=known.metadata.version,
        against=None if judged.production is None else judged.production.bundle.digest,
        made_at=services.clock(),
        passed=judged.report.passed,
        rules_digest=judged.rules_digest,
        data_sha256=judged.held.sha256,
        report=gate_record_json(judged, services),
    )
