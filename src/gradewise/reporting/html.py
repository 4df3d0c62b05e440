"""The report as one page: no script, no second file, nothing fetched."""

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gradewise.reporting.class_wording import glossary_of, terms_of
from gradewise.reporting.figures import (
    comparison_figure,
    figures,
    hundred_figure,
    importance_figure,
    tiles,
)
from gradewise.reporting.parts import Figure
from gradewise.reporting.report import TRAINED_ON, NamedEvaluation, Report, publishable
from gradewise.reporting.svg import legal
from gradewise.reporting.tables import counts_table, data_table, making_table, metrics_table, prompts_table
from gradewise.reporting.verdict import verdict

TEMPLATE = "report.html.j2"
SPOKEN = {"good": "Good", "warn": "Take care", "bad": "Problem", "info": "Good to know"}
"""What each kind of statement is called, for those who do not see colours."""


@cache
def page_template(name: str) -> Template:
    """A template of a page, in which whatever is shown is escaped."""
    environment = Environment(
        loader=PackageLoader("gradewise.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def spoken_date(moment: datetime) -> str:
    """A moment as people say it."""
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}".strip()


def render_html(report: Report) -> str:
    """The whole report as one HTML page, readable offline, on a phone and on paper.

    Whatever a user named (title, prompts, grades, features) is escaped.
    """
    shown = publishable(report)
    statements, terms = verdict(report), terms_of(report.scale)
    headline = shown.headline if _has_essays(shown.headline) else None
    return legal(
        page_template(TEMPLATE).render(
            report=shown,
            made_at=spoken_date(shown.created_at),
            lead=statements[0],
            statements=statements[1:],
            spoken=SPOKEN,
            headline=headline,
            tiles=tiles(headline.evaluation) if headline else (),
            hundred=hundred_figure(headline) if headline else None,
            comparison=comparison_figure(shown) if headline else None,
            importance=importance_figure(shown) if shown.importance else None,
            has_features=any(row.features for row in shown.importance),
            pictures=tuple(figures(headline)) if headline else (),
            others=_others(shown, headline),
            metrics=metrics_table(shown) if headline else None,
            data=data_table(shown.data, shown.scale),
            labels=counts_table(terms.label.capitalize(), shown.data.label_counts, shown.scale),
            prompts=prompts_table(shown),
            making=making_table(shown),
            glossary=tuple(glossary_of(shown.scale).values()),
            terms=terms,
        )
    )


def _has_essays(named: NamedEvaluation | None) -> bool:
    return named is not None and named.evaluation.n > 0


def _others(report: Report, headline: NamedEvaluation | None) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The pictures of every evaluation besides the headline, but for what a model knows by heart."""
    return tuple(
        (named.name, tuple(figures(named)))
        for named in report.evaluations
        if named is not headline and named.evaluation.n and named.name != TRAINED_ON
    )
