"""Whether a model may be used: it is measured on essays that it has not learnt from, and held to rules."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from gradewise.evaluation.gates import GatePreset, GateReport, judge_gates
from gradewise.evaluation.promotion_gates import (
    clashes,
    promotion_gates,
    promotion_rule,
    rules_digest,
)
from gradewise.evaluation.results import few_metrics
from gradewise.registry.records import GateRecord
from gradewise.telemetry import Listener, silent
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.candidate import Measured, measure_candidate, training_shares
from gradewise.workflows.registry.held_out import HeldOut, asked_plan, held_out_essays
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.registry.validate_page import Judged, gate_record_json, validation_page
from gradewise.workflows.research.publishing import write_page
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services

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
    return validate_on(model, held, services, production=production, listener=listener)


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


def validate_on(
    model: OpenedModel,
    held: HeldOut,
    services: Services,
    *,
    production: OpenedModel | None,
    listener: Listener,
) -> ValidatedRun:
    """The same as `validate`, on essays that were read before."""
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
        judged = _judged(model, held, measured, production)
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


def _judged(model: OpenedModel, held: HeldOut, measured: Measured, production: OpenedModel | None) -> Judged:
    rules = rules_of(held.plan)
    return Judged(
        model=model,
        held=held,
        measured=measured,
        production=production,
        report=judge_gates(rules, measured.figures, judged_by=held.plan.promotion.judged_by),
        rules_digest=held_rules_digest(held),
        clashes=clashes(rules.rules, training_shares(model.bundle)),
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
