"""How good grades were, by what teachers decided, shown and made a page of."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gradewise.cli.columns import in_columns
from gradewise.cli.moments import moment_of
from gradewise.cli.reviews.reviewing import queue_line
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import err, out
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.page import render_page_html
from gradewise.reporting.topics.reviews import (
    ReviewReport,
    review_report_to_json,
    review_statements,
    reviews_page,
)
from gradewise.whole_files import write_whole
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.scoring.auditing import audit_findings
from gradewise.workflows.scoring.reviewing import (
    review_queue,
)

_now = partial(datetime.now, UTC)


def show_report(
    *, since: str | None, name: str | None, required: float, page: Path | None, json: bool
) -> None:
    """Show how good grades were."""
    from_when = moment_of(since)

    async def asked(log: ScoreLog) -> ReviewReport:
        """What is known."""
        queue = await review_queue(log, now=_now(), limit=1)
        findings = await audit_findings(log, since=from_when, model_name=name)
        return ReviewReport(findings=findings, queue=queue.state, required=required)

    report = with_score_log(asked)
    if page is not None:
        which = f"models {name or 'of any name'}, decisions {f'since {since}' if since else 'of any time'}"
        write_whole(page, render_page_html(reviews_page(report, location=which, made_at=_now())))
        err.print(f"page written to {page}", soft_wrap=True)
    if json:
        out.print(answer_json(**review_report_to_json(report)), soft_wrap=True)
        return
    for statement in review_statements(report):
        out.print(f"{statement.text}", soft_wrap=True)
    if report.findings is not None:
        out.print(f"\n{_report_table(report)}", soft_wrap=True)
    out.print(f"\n{queue_line(report.queue)}", soft_wrap=True)


def _report_table(report: ReviewReport) -> str:
    section = reviews_page(report, location="", made_at=_now()).sections[0]
    found = section.figures[0].table
    assert found is not None  # noqa: S101 - the section was made with one
    return in_columns([found.columns, *found.rows], right=[1])
