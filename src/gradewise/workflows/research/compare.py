"""Comparing two finished cross-validations, essay by essay."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import GateError
from gradewise.evaluation.comparison import Comparison
from gradewise.evaluation.comparison_gates import Outcome, outcome
from gradewise.evaluation.comparison_json import comparison_to_json, difference_to_json
from gradewise.evaluation.gate_json import gate_report_to_json
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.interval_json import number_to_json
from gradewise.evaluation.results import few_metrics, leading_metric
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.compare_findings import (
    SHARED,
    CvComparison,
    differing_settings,
    find_differences,
    profile_of,
    read_pair,
)
from gradewise.workflows.research.compare_page import compare_page
from gradewise.workflows.research.publishing import write_page
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import Run, open_run
from gradewise.workflows.services import Services

SCHEMA_VERSION = 1
"""Of ``cv_comparison.json``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """What a finished comparison leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    comparison: Comparison
    """What was found."""
    gates: GateReport | None
    """What the profile says of it; ``None`` for the profile that asks for nothing."""

    @property
    def outcome(self) -> Outcome | None:
        """Whether the candidate may take the reference's place; ``None`` where nothing was asked."""
        return None if self.gates is None else outcome(self.gates)


def compare_cv_runs(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> ComparedRun:
    """Compare the two cross-validations that ``compare`` names.

    Raises:
        PlanError: the plan names fewer than two runs.
        InputError: a run has not ended well, or the two are not about the same essays, divided alike.
    """
    with stage(listener, "reading runs"):
        pair = read_pair(plan)
    with open_run(plan, "compare-cv-runs", services, listener, content=pair.identity, resume=resume) as run:
        with stage(run.listener, "comparison"):
            found = find_differences(plan, pair)
        run.directory.write_json("artifacts/cv_comparison.json", comparison_record(found))
        html = write_page(compare_page(found, services), run.directory, "cv_comparison")
        _tell(found, run)
    return ComparedRun(
        directory=run.directory.path, html=html, comparison=found.comparison, gates=found.gates
    )


def require_passed(run: ComparedRun) -> None:
    """Pass, when a profile was asked for and is passed.

    Raises:
        GateError: it is not, or none was asked for.
    """
    if run.gates is None:
        raise GateError("gates are required and profile `none` has none; name one with --gate-profile")
    if run.outcome != "passed":
        raise GateError(
            f"gates not passed: {run.gates.preset} is {run.outcome}; the table above says which rules"
        )


def comparison_record(found: CvComparison) -> dict[str, Any]:
    """The content of ``cv_comparison.json``: no time, no place, no duration."""
    asked, candidate, gates = found.plan.compare, found.pair.candidate, found.gates
    return {
        "schema_version": SCHEMA_VERSION,
        "profile": profile_of(found.plan),
        "outcome": None if gates is None else outcome(gates),
        "gates": None if gates is None else gate_report_to_json(gates),
        **{name: candidate.record[name] for name in SHARED},
        "min_prompt": asked.min_prompt,
        "bottom_k": asked.bottom_k,
        **comparison_to_json(found.comparison, candidate.scale),
        f"{leading_metric(candidate.scale)}_difference_by_fold": {
            str(fold): number_to_json(value) for fold, value in found.folds.items()
        },
        **({"classes": [difference_to_json(row) for row in found.classes]} if found.classes else {}),
        "settings": {
            key: {"reference": first, "candidate": second}
            for key, first, second in differing_settings(found.pair.reference.plan, candidate.plan)
        },
    }


def _tell(found: CvComparison, run: Run) -> None:
    """The differences, for the experiment log."""
    record = found.pair.candidate.record
    run.tell(
        metrics=told(
            found.comparison.whole.differences, few_metrics(found.pair.candidate.scale), as_="{}_difference"
        ),
        split=record["splits_id"],
        features=record["features"]["fingerprint"],
    )
