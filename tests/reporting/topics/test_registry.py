"""The registry as a page to look at."""

import xml.etree.ElementTree as ET

import pytest

from gradewise.registry.acts import NameState
from gradewise.registry.records import RunSummary
from gradewise.registry.summaries import summarise
from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.reporting.registry_wording import best_words, trend_words
from gradewise.reporting.topics.registry import registry_page
from remembered_registry import Step, state_of
from small_registry import NOW, empty

FIGURES = {
    number: {"qwk": {"estimate": 0.6 + number / 50, "low": 0.5 + number / 50, "high": 0.7 + number / 50}}
    for number in range(1, 60)
}
LIFE: tuple[Step, ...] = (
    ("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production"),
    ("register", 2, "dev"), ("promote", 2, "staging"), ("promote", 2, "production"),
    ("rollback", 1, "production"), ("register", 3, "dev"), ("promote", 3, "staging"),
)  # fmt: skip
STATE = state_of(*LIFE, metrics=FIGURES, override="the <b>hall</b> was on fire")
RUNS = RunSummary(
    experiment="essays", command="cv", n=12, completed=9, failed=3, metric="qwk", best=0.71, latest_at=NOW
)


def _page(*states: NameState, runs: tuple[RunSummary, ...] = ()) -> Page:
    return registry_page([summarise(state) for state in states], runs, location="models", made_at=NOW)


def _svg(page: Page) -> ET.Element:
    return ET.fromstring(page.sections[0].figures[0].svg)  # noqa: S314 - our own output


def _classes(svg: ET.Element, name: str) -> int:
    return sum(name in (each.get("class") or "").split() for each in svg.iter())


def test_versions_are_drawn_with_intervals_and_what_was_in_use() -> None:
    """A dot and a line for each version, a stretch for each time that one was in use, where it changed."""
    svg = _svg(_page(STATE))
    assert 3 == _classes(svg, "pointer")
    assert 3 == _classes(svg, "curve") - 1  # one of the legend
    described = svg.findtext("desc") or ""
    assert "3 versions: 0.62, 0.64, 0.66; in production: 20260131_000001." == described


def test_the_page_says_first_what_is_in_use() -> None:
    """And that gates were set aside for it, in words that are escaped."""
    page = _page(STATE, runs=(RUNS,))
    kinds = [statement.kind for statement in page.statements]
    assert ["good", "warn"] == kinds
    assert (
        "essays: version 20260131_000001 is in production, agreement (QWK) 0.62 (0.52–0.72)."
        == page.statements[0].text
    )
    html = render_page_html(page)
    assert "the &lt;b&gt;hall&lt;/b&gt; was on fire" in html
    assert "<b>hall" not in html
    assert "QWK 0.710" in html
    assert "What was done" in render_page_markdown(page)
    assert "essays" == page_record(page)["sections"]["models_0"]["name"]


def test_a_name_without_figures_has_a_table() -> None:
    """As of data whose terms allow none."""
    page = _page(state_of(*LIFE))
    assert "" == page.sections[0].figures[0].svg
    assert "essays: version 20260131_000001 is in production." == page.statements[0].text


def test_a_name_that_nobody_uses_is_said_so() -> None:
    """With how many models it has."""
    page = _page(state_of(("register", 1, "dev"), metrics=FIGURES))
    assert "essays: no model is in production, 1 model registered." == page.statements[0].text
    assert 0 == _classes(_svg(page), "pointer")


def test_an_empty_registry_has_a_page() -> None:
    """Which says so."""
    assert "The registry is empty." == _page().statements[0].text


def test_of_many_versions_the_newest_are_drawn() -> None:
    """With what was in use since, where it came there before."""
    steps: list[Step] = [("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production")]
    state = state_of(*steps, *(("register", number, "dev") for number in range(2, 50)), metrics=FIGURES)
    svg = _svg(_page(state))
    assert "40 versions" in (svg.findtext("desc") or "")
    assert 1 == _classes(svg, "pointer")


def test_versions_without_bounds_or_use_figures_are_drawn() -> None:
    """A dot alone; the version in use that has no figure has its place on the rail."""
    state = state_of(*LIFE, metrics={2: {"qwk": 0.7}, 3: {"qwk": 0.72}})
    svg = _svg(_page(state))
    assert 2 == _classes(svg, "curve")  # of the legend, and of version 2
    assert 0 == _classes(svg, "span") - _classes(svg, "model-line")


@pytest.mark.parametrize(
    ("expected", "metric", "best"),
    [("QWK 0.710", "qwk", 0.71), ("val mae 0.500", "val_mae", 0.5), ("–", None, None), ("–", "qwk", None)],
)
def test_the_best_of_some_runs_is_said_with_its_name(
    expected: str, metric: str | None, best: float | None
) -> None:
    """A line where there is none."""
    runs = RunSummary(
        experiment="e", command="cv", n=1, completed=1, failed=0, metric=metric, best=best, latest_at=NOW
    )
    assert expected == best_words(runs)


def test_a_trend_is_the_newest_and_the_step_before() -> None:
    """No claim is made that it means something."""
    assert "0.660 (+0.020)" == trend_words(summarise(STATE))
    assert "0.620" == trend_words(summarise(state_of(*LIFE[:1], metrics=FIGURES)))
    assert "no figures" == trend_words(summarise(empty()))
