"""A comparison of two cross-validations as a page."""

from collections.abc import Iterator

from gradewise.evaluation.comparison import Comparison
from gradewise.evaluation.gates import GateReport
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.comparison_verdict import comparison_verdict, gates_statement
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section, Statement
from gradewise.reporting.topics.class_comparison import class_model_sections, class_statements
from gradewise.reporting.topics.comparison import (
    changed_section,
    folds_topic,
    gates_topic,
    settings_section,
    whole_section,
)
from gradewise.reporting.topics.model_comparison import of_classes
from gradewise.reporting.wording import counted
from gradewise.workflows.research.compare_findings import CvComparison, differing_settings, profile_of
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
        subtitle=f"{counted(comparison.whole.n, terms_of(candidate.scale).item)}, out of fold "
        f"({candidate.record['scheme']}, plan {candidate.record['splits_id']})",
        statements=verdict_of(comparison, gates),
        sections=(
            *([] if gates is None else [gates_topic(gates)]),
            *(_class_sections(found) if found.classes else _grade_sections(found)),
        ),
    )


def verdict_of(comparison: Comparison, gates: GateReport | None) -> tuple[Statement, ...]:
    """What a comparison amounts to: the profile's answer first."""
    if not of_classes(comparison):
        return comparison_verdict(comparison, gates)
    return (*([] if gates is None else [gates_statement(gates)]), *class_statements(comparison, None))


def _grade_sections(found: CvComparison) -> Iterator[Section]:
    comparison, pair = found.comparison, found.pair
    yield whole_section(comparison, found.gates)
    yield settings_section(differing_settings(pair.reference.plan, pair.candidate.plan))
    if comparison.changed:
        yield changed_section(comparison.changed, pair.candidate.scale)
    yield folds_topic(found.folds)


def _class_sections(found: CvComparison) -> Iterator[Section]:
    pair = found.pair
    whole, *others = class_model_sections(found.comparison, found.classes, None, pair.candidate.scale)
    yield whole
    yield settings_section(differing_settings(pair.reference.plan, pair.candidate.plan))
    yield from others
    yield folds_topic(found.folds, metric="macro F1", item="text")


def _facts(found: CvComparison) -> Iterator[Fact]:
    asked = found.plan.compare
    yield "Reference", str(found.pair.reference.directory)
    yield "Candidate", str(found.pair.candidate.directory)
    yield "Profile", profile_of(found.plan)
    yield "Intervals", interval_words(found.comparison.resampling)
    if found.classes:
        return
    yield "Prompts judged alone", f"from {asked.min_prompt} essays on"
    yield "Hardest prompts", f"{asked.bottom_k}, at most half of them, by {_BOTH}"
