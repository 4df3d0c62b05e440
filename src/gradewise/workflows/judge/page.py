"""The page of a batch that was judged: whether its order can be trusted first, then everything else."""

from collections.abc import Mapping
from datetime import datetime

from gradewise.judgement.findings import ExaminedBatch, GradedBatch
from gradewise.judgement.stopping import Decision
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section, Table
from gradewise.reporting.topics.judgement import grades_section, ranking_section
from gradewise.reporting.topics.judgement_panels import panel_section
from gradewise.reporting.topics.judgement_trust import judges_section, network_section, reliability_section
from gradewise.reporting.topics.judgement_words import decision_statement, weighed
from gradewise.reporting.wording import counted
from gradewise.workflows.judge.records import (
    anchors_json,
    decision_json,
    grade_rows,
    reliabilities_json,
    score_rows,
)


def judgement_page(
    scored: ExaminedBatch,
    graded: GradedBatch | None,
    decision: Decision,
    *,
    target: float | None,
    made_at: datetime,
    versions: Mapping[str, str],
) -> Page:
    """The page of a batch.

    Args:
        scored: The batch.
        graded: The same with grades, where there are anchors.
        decision: The stopping rule's word.
        target: Reliability that was asked for.
        made_at: Now.
        versions: Of what made it.
    """
    sections: list[Section] = [ranking_section(scored, score_rows(scored))]
    if graded is not None:
        sections.append(grades_section(graded, grade_rows(graded), anchors_json(graded)))
    sections += [
        reliability_section(scored, {**reliabilities_json(scored), **decision_json(decision)}, target=target),
        judges_section(scored),
        *(() if scored.panel is None else (panel_section(scored.panel),)),
        network_section(scored),
    ]
    first, *rest = (statement for section in sections for statement in section.statements)
    n, judges = len(scored.scores.items), len(scored.comparisons.judge_names)
    return Page(
        title="Comparative judgement",
        subtitle=f"{scored.batch.id} · {counted(n, 'essay')} · {counted(scored.comparisons.n, 'comparison')}"
        + (f" · {counted(judges, 'judge')}" if judges else ""),
        made_at=made_at,
        statements=(first, *weighed([*rest, decision_statement(decision)])),
        sections=tuple(sections),
        making=Table(("About", "What"), (*_facts(scored), *versions.items()), prose=True),
    )


def _facts(scored: ExaminedBatch) -> tuple[tuple[str, str], ...]:
    deviation = scored.scores.prior.standard_deviation
    return (
        ("Batch", scored.batch.id),
        ("Model", "Bradley and Terry, with errors from the whole curvature; scores sum to 0"),
        ("Prior", f"normal, standard deviation {deviation:g} logits"),
        ("Weights", "by how sure judges were" if scored.weighted else "every comparison counts alike"),
    )
