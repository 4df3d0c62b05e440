"""How good grades were, as a page and as a record."""

import json
from datetime import timedelta

import pytest

from gradewise.reporting.page import page_record, render_page_html, render_page_markdown
from gradewise.reporting.parts import MOST_ROWS
from gradewise.reporting.topics.reviews import (
    ReviewReport,
    review_report_to_json,
    review_statements,
    reviews_page,
)
from gradewise.scores.audits import Decided, review_findings
from gradewise.scores.queue import WaitingCount, queue_state
from reviewed_essays import CLOCK_STANDS, MONDAY, answered, decided


def report(
    *every: Decided, waiting: int = 0, capacity: int | None = None, required: float = 0.9
) -> ReviewReport:
    """What is known after these decisions."""
    n_audit = waiting // 2
    oldest = answered(0).made_at if waiting else None
    queued = WaitingCount(n_review=waiting - n_audit, n_audit=n_audit, oldest=oldest)
    return ReviewReport(
        findings=review_findings(every, n_audits_waiting=n_audit),
        queue=queue_state(queued, now=CLOCK_STANDS, capacity=capacity),
        required=required,
    )


def audits(n: int, *, good: int, week: int = 0) -> list[Decided]:
    """Audited answers of which so many are on the teacher's side of the cut, those first."""
    return [
        decided(
            1000 * week + i,
            "C" if i < good else "F",
            route="audit",
            made_at=MONDAY + timedelta(weeks=week, minutes=i),
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("good", "kind", "words"),
    [(60, "good", "is kept"), (40, "bad", "is not kept"), (56, "info", "still open")],
    ids=["kept", "not-kept", "open"],
)
def test_the_verdict_says_whether_the_promise_is_kept(good: int, kind: str, words: str) -> None:
    """By the bounds of the exact interval, and not by the share alone."""
    first = next(review_statements(report(*audits(60, good=good)[::-1])))
    assert kind == first.kind
    assert words in first.text


def test_without_an_audit_nothing_is_known() -> None:
    """Reviewed answers do not speak for those that went out."""
    said = [each.text for each in review_statements(report(decided(1, "C")))]
    assert "not known" in said[0]


def test_unread_audits_a_fall_other_scales_and_a_long_queue_are_said() -> None:
    """Each in a sentence of its own."""
    falling = [*audits(30, good=30), *audits(30, good=0, week=2)]
    other = decided(9000, "VG", grade="G", grades=("IG", "G", "VG"), cuts=(), made_at=MONDAY - timedelta(1))
    said = list(review_statements(report(*falling, other, waiting=6, capacity=2)))
    texts = " ".join(each.text for each in said)
    assert "3 drawn answers still unread" in texts
    assert "agree less often than before: 100" in texts
    assert "1 decided answer on another scale" in texts
    assert "6 answers wait and teachers look at 2 a day: 3 days of work" in texts
    rising = [*audits(30, good=0), *audits(30, good=30, week=2)]
    assert any("agree more often" in each.text for each in review_statements(report(*rising)))


def test_the_page_draws_weeks_and_models() -> None:
    """The newest weeks are shown where there are many; HTML, Markdown and record tell the same."""
    weeks = MOST_ROWS + 3
    every = [each for week in range(weeks) for each in audits(2, good=2, week=week)]
    every += [decided(99_000, "B", model_version="<b>x</b>")]
    page = reviews_page(report(*every), location="all", made_at=CLOCK_STANDS)
    assert ["agreement", "weeks", "models", "queue"] == [section.name for section in page.sections]
    table = page.sections[1].figures[0].table
    assert table is not None
    assert (MOST_ROWS, (MONDAY + timedelta(weeks=weeks - 1)).date().isoformat()) == (
        len(table.rows), table.rows[-1][0],
    )  # fmt: skip
    html = render_page_html(page)
    assert "<svg" in html
    assert "<b>x</b>" not in html
    assert "Week by week" in render_page_markdown(page)
    told = page_record(page)["sections"]["agreement"]["agreement"]
    assert (2 * weeks, weeks + 1, 1) == (told["audited"]["n"], len(told["weeks"]), told["reviewed"]["n"])


def test_a_page_before_any_decision() -> None:
    """It shows the queue, and that nothing is known."""
    page = reviews_page(report(waiting=2), location="all", made_at=CLOCK_STANDS)
    assert ["agreement", "queue"] == [section.name for section in page.sections]
    told = review_report_to_json(report(waiting=2))
    assert (None, 1, 1, None) == (
        told["agreement"], told["queue"]["review"], told["queue"]["audit"], told["queue"]["days"],
    )  # fmt: skip
    assert None is review_report_to_json(report())["queue"]["oldest"]


def test_classes_are_right_or_wrong() -> None:
    """No figure speaks of cuts, of grades apart or of QWK, in words, on the page and in the record."""
    said = {"grade": "refund", "probabilities": {"greeting": 0.1, "refund": 0.9}, "in_scope": True}
    every = [
        decided(
            n,
            "refund" if n else "greeting",
            draft=answered(n, grade="refund", route="audit", prediction=json.dumps(said)),
        )
        for n in range(8)
    ]
    found = report(*every)
    text = render_page_markdown(reviews_page(found, location="", made_at=MONDAY))
    assert "8 released answers that chance drew" in text
    assert "Same class" in text
    assert not any(word in text for word in ("QWK", "every cut", "Within one", "Model minus"))
    audited = review_report_to_json(found)["agreement"]["audited"]
    assert (0.875, None, None, None) == (
        audited["exact"]["estimate"], audited["qwk"], audited["within_one"], audited["generous"],
    )  # fmt: skip
