"""A comparison of two cross-validations as a page."""

from collections.abc import Iterator

from gradewise.reporting.comparison_verdict import comparison_verdict
from gradewise.reporting.page import Page
from gradewise.reporting.topics.comparison import (
    changed_section,
    folds_topic,
    gates_topic,
    settings_section,
    whole_section,
)
from gradewise.reporting.wording import counted
from gradewise.workflows.research.compare_findings import CvComparison, differing_settings
from gradewise.workflows.research.publishing import Fact, bench_page, interval_words
from gradewise.workflows.services import Services

_BOTH = (
    "the mean of the two models’ QWK, drawn towards that of all prompts as far as size leaves it to chance"
)


def compare_page(found: CvComparison, services: Services) -> Page:
    """Everything that a comparison says."""
    comparison, gates, pair = found.comparison, found.gates, found.pair
    candidate = pair.candidate
    return bench_page(
        found.plan,
        services,
        tuple(_facts(found)),
        title=f"{candidate.directory.name} beside {pair.reference.directory.name}",
        subtitle=f"{counted(comparison.whole.n, 'essay')}, out of fold ({candidate.record['scheme']}, plan "
        f"{candidate.record['splits_id']})",
        statements=comparison_verdict(comparison, gates),
        sections=(
            *([] if gates is None else [gates_topic(gates)]),
            whole_section(comparison, gates),
            settings_section(differing_settings(pair.reference.plan, candidate.plan)),
            *([changed_section(comparison.changed, candidate.scale)] if comparison.changed else []),
            folds_topic(found.folds),
        ),
    )


def _facts(found: CvComparison) -> Iterator[Fact]:
    asked = found.plan.compare
    yield "Reference", str(found.pair.reference.directory)
    yield "Candidate", str(found.pair.candidate.directory)
    yield "Profile", asked.profile
    yield "Intervals", interval_words(found.comparison.resampling)
    yield "Prompts judged alone", f"from {asked.min_prompt} essays on"
    yield "Hardest prompts", f"{asked.bottom_k}, at most half of them, by {_BOTH}"
