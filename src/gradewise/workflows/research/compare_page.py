"""A comparison of two cross-validations as a page."""

from gradewise.reporting.comparison_verdict import comparison_verdict
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Table, table
from gradewise.reporting.topics.comparison import (
    changed_section,
    folds_topic,
    gates_topic,
    settings_section,
    whole_section,
)
from gradewise.reporting.wording import counted
from gradewise.workflows.plan_reading import plan_yaml
from gradewise.workflows.research.compare_findings import CvComparison, differing_settings
from gradewise.workflows.services import Services


def compare_page(found: CvComparison, services: Services) -> Page:
    """Everything that a comparison says."""
    comparison, gates, pair = found.comparison, found.gates, found.pair
    candidate = pair.candidate
    return Page(
        title=f"{candidate.directory.name} beside {pair.reference.directory.name}",
        subtitle=f"{counted(comparison.whole.n, 'essay')}, out of fold ({candidate.record['scheme']}, plan "
        f"{candidate.record['splits_id']})",
        made_at=services.clock(),
        statements=comparison_verdict(comparison, gates),
        sections=(
            *([] if gates is None else [gates_topic(gates)]),
            whole_section(comparison, gates),
            settings_section(differing_settings(pair.reference.plan, candidate.plan)),
            *([changed_section(comparison.changed, candidate.scale)] if comparison.changed else []),
            folds_topic(found.folds),
        ),
        making=_making(found, services),
        plan_yaml=plan_yaml(found.plan),
    )


def _making(found: CvComparison, services: Services) -> Table:
    asked = found.plan.compare
    facts = {
        "Reference": str(found.pair.reference.directory),
        "Candidate": str(found.pair.candidate.directory),
        "Profile": asked.profile,
        "Intervals": f"{100 * found.plan.evaluation.confidence:g} %, from {asked.resamples:,} bootstrap "
        f"resamples over essays, both models together, seed {asked.seed}",
        "Prompts judged alone": f"from {asked.min_prompt} essays on",
        "Hardest prompts": f"{asked.bottom_k}, by the mean of the two models’ QWK",
        **services.versions,
    }
    return table(("About", "What"), facts.items(), prose=True)
