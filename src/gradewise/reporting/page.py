"""A page about an experiment: a verdict, topics with pictures and tables, and how it was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gradewise.reporting.html import SPOKEN, page_template, spoken_date
from gradewise.reporting.markdown import MARKS, markdown_table, plain, plan_block, topic
from gradewise.reporting.parts import Section, Statement, Table
from gradewise.reporting.svg import legal

FORMAT = 1
"""Of the record; raised whenever a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one command found out, ready to be shown as a page, a text or a record."""

    title: str
    """What a reader sees first."""
    subtitle: str
    """On what: essays, folds, model; one line."""
    made_at: datetime
    """When."""
    statements: tuple[Statement, ...]
    """The verdict, weightiest first; one at least."""
    sections: tuple[Section, ...]
    """Topics in reading order."""
    making: Table
    """How it was made: what and which, a row each."""
    plan_yaml: str = ""
    """The plan, as it was run."""


def render_page_html(page: Page) -> str:
    """The page as HTML: no script, no second file, nothing fetched; what users named is escaped."""
    return legal(
        page_template("page.html.j2").render(page=page, made_at=spoken_date(page.made_at), spoken=SPOKEN)
    )


def render_page_markdown(page: Page) -> str:
    """The page as GitHub-flavoured Markdown, without pictures."""
    return "\n".join(_lines(page))


def _lines(page: Page) -> Iterator[str]:
    yield f"# {plain(page.title)}\n"
    yield f"{plain(page.subtitle)} · {page.made_at:%Y-%m-%d %H:%M}\n"
    yield "## Verdict\n"
    yield from (f"- **{MARKS[row.kind]}** {plain(row.text)}" for row in page.statements)
    yield ""
    for section in page.sections:
        yield from topic(section)
    yield "## How it was made\n"
    yield markdown_table(page.making)
    yield from plan_block(page.plan_yaml)


def page_record(page: Page) -> dict[str, Any]:
    """The page as JSON values; what is not defined is ``None``."""
    return {
        "format": FORMAT,
        "title": page.title,
        "subtitle": page.subtitle,
        "made_at": page.made_at.isoformat(),
        "verdict": [{"kind": row.kind, "text": row.text} for row in page.statements],
        "sections": {section.name: dict(section.record) for section in page.sections},
        "making": {row[0]: row[1] for row in page.making.rows},
        "plan_yaml": page.plan_yaml,
    }
