"""The explanation of a grade: its words, its charts, its page and its record."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explanations import EFFECTS, FINDINGS, START, TEXT, feature_part, made_up_explanation, on_long_scale
from gradewise.features.findings import Finding
from gradewise.reporting.charts.probabilities import probability_chart
from gradewise.reporting.charts.waterfall import waterfall_chart
from gradewise.reporting.explanation import (
    ConstructPart,
    Explanation,
    LikelyGrades,
    likelier_words,
    likely_words,
)
from gradewise.reporting.explanation_page import render_explanation
from gradewise.reporting.explanation_record import explanation_record
from gradewise.reporting.svg import legal

HOSTILE = "<script>alert(1)</script></div><img src=x onerror=alert(2)>\"'&{{ 7*7 }}{% raw %}\x00\u202e"
VOID = {"meta", "link", "br", "img", "hr", "input"}
HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "div"),
    *("h1", "h2", "h3", "p", "a", "b", "q", "span", "mark", "ul", "li", "dl", "dt", "dd", "br", "bdi"),
    *("figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "desc", "text", "rect", "line", "circle", "polygon"),
}
"""Every element that the page may have; none of them runs or fetches anything."""


class Page(HTMLParser):
    """Notes elements, ids, links and the words of the essay; fails on tags that do not close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.marked: list[str] = []
        self.essay = ""
        self.feed(page)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what opens, and whether it is the essay."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("class") == "essay"))
        if tag == "mark":
            self.marked.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what there is."""
        values = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(values)
        self.ids += filter(None, [values.get("id")])
        self.links += filter(None, [values.get("href")])

    def handle_endtag(self, tag: str) -> None:
        """What closes must be what opened last."""
        assert tag == self.open.pop()[0]

    def handle_data(self, data: str) -> None:
        """The essay's own words are what stands in it outside of references."""
        tags = [tag for tag, _ in self.open]
        if any(essay for _, essay in self.open) and tags[-1] != "a":
            self.essay += data
            if tags[-1] == "mark":
                self.marked[-1] += data


def as_browsers_read(text: str) -> str:
    """A text after what HTML does to line ends and this page does to what it cannot hold."""
    return legal(text).replace("\r\n", "\n").replace("\r", "\n")


def test_shown_numbers_add_up() -> None:
    """Rounded start and effects make the rounded score."""
    explanation = made_up_explanation()
    assert round(START, 2) + sum(explanation.shown_effects) == pytest.approx(round(explanation.score, 2))
    assert EFFECTS == {
        part.construct: pytest.approx(shown, abs=0.0151)
        for part, shown in zip(explanation.parts, explanation.shown_effects, strict=True)
    }


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("E", "C", "likely E to C (95\u202f%)"),
        ("D", "D", "hardly any other (95\u202f%)"),
        ("F", "A", "though any grade is possible"),
    ],
)
def test_how_sure_a_grade_is(low: str, high: str, expected: str) -> None:
    """A run of grades, one alone, or all of them."""
    likely = LikelyGrades(low=low, high=high, probability=0.95)
    assert expected == likely_words(replace(made_up_explanation(), likely=likely))


def test_a_likelier_grade_is_not_hidden() -> None:
    """Where the grade given is not the most probable one, both are named; else, or on a tie, nothing is."""
    explanation = made_up_explanation()
    assert "" == likelier_words(explanation)
    other = likelier_words(replace(explanation, grade="C"))
    assert other.startswith("D alone is more probable (45\u202f%) than C (30\u202f%).")
    tie = {"F": 0.4, "E": 0.4001, "D": 0.1999}
    assert "" == likelier_words(replace(explanation, probabilities=tie, grade="F"))


def test_features_of_one_label_are_shown_as_one() -> None:
    """Words and their logarithm are one thing to a teacher; the strongest come first, three at most."""
    features = (
        feature_part("words", 0.2, label="words"),
        feature_part("sentences", -0.25),
        feature_part("log_words", 0.1, label="words"),
        feature_part("paragraphs", 0.01),
        feature_part("letters", 0.02),
    )
    part = ConstructPart(construct="length", meaning="", effect=0.08, features=features)
    strongest = part.strongest()
    assert ["words", "sentences", "letters"] == [feature.label for feature in strongest]
    assert [0.3, -0.25, 0.02] == pytest.approx([feature.effect for feature in strongest])


def test_findings_are_counted_by_category() -> None:
    """In the usual order, without those of which there is none."""
    assert {"spelling": 2, "punctuation": 1, "capitalisation": 1, "style": 1} == made_up_explanation().counts
    assert {} == made_up_explanation(findings=None).counts


@pytest.mark.parametrize(
    "explanation",
    [
        made_up_explanation(),
        made_up_explanation(effects={}),
        made_up_explanation(effects={"wording": 0.0}),
        made_up_explanation(effects={"<wording>": 2.5, "b": -4.0}),
        on_long_scale(2),
        on_long_scale(61),
    ],
    ids=["usual", "nothing", "no effect", "far", "2 grades", "61 grades"],
)
def test_charts_are_whole(explanation: Explanation) -> None:
    """Whatever the effects and the scale, the charts are well formed, described, and within their frame."""
    for chart in (waterfall_chart(explanation), probability_chart(explanation)):
        svg = ET.fromstring(chart)  # noqa: S314 - our own output
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        assert svg.findtext("desc")
        for text in svg.iter("text"):
            assert 0 <= float(text.attrib["x"]) <= width
            assert 0 <= float(text.attrib["y"]) <= height
        for shape in svg.iter("rect"):
            assert 0 <= float(shape.attrib["x"]) <= width


def test_arrows_lead_from_the_average_to_this_essay() -> None:
    """Each arrow begins where the one before ended; those of nothing have no point."""
    svg = ET.fromstring(waterfall_chart(made_up_explanation()))  # noqa: S314 - our own output
    corners = [
        [float(corner.split(",")[0]) for corner in arrow.attrib["points"].split()]
        for arrow in svg.iter("polygon")
    ]
    first, last = (float(circle.attrib["cx"]) for circle in svg.iter("circle"))
    stations = [first, *(arrow[2] for arrow in corners)]
    assert stations[:-1] == pytest.approx([arrow[0] for arrow in corners], abs=0.11)
    assert last == pytest.approx(stations[-1], abs=0.11)
    kinds = [arrow.attrib["class"] for arrow in svg.iter("polygon")]
    assert ["lower", "lower", "raise", "raise"] == kinds


def test_the_page_holds_everything() -> None:
    """Grade, how sure, sides of writing with their features, marked text with notes, limits and model."""
    page = render_explanation(made_up_explanation())
    for said in (
        '<b class="given">D</b> likely E to C (95\u202f%)',
        "1,455 essays",
        "all about wording",
        "much wording",
        "<q>like them</q>",
        "No effect to speak of: vocabulary.",
        "Did you mean to spell “recieve” this way?",
        "Whether it is true.",
        "english-6 20260131_120000",
        "d" * 64,
        "the teacher decides",
    ):
        assert said in page


def test_marks_stand_where_errors_are() -> None:
    """The marked pieces are what was found; the long sentence is cut around the words in it."""
    markup = render_explanation(made_up_explanation())
    page = Page(markup)
    assert TEXT == page.essay
    assert 'title="spelling: Two words. → a lot; style: This sentence is long."' in markup
    pieces = ["I ", "recieve", " ", "alot", " of letters.", "i", "  "]
    legend = ["S", "P", "C", "Y"]
    assert pieces == page.marked[len(legend) :]


def test_links_lead_somewhere() -> None:
    """From the text to each note and back; ids are unique."""
    page = Page(render_explanation(made_up_explanation()))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert {f"note-{mark}" for mark in ("Y1", "S2", "S3", "C4", "P5")} <= set(page.ids)


@pytest.mark.parametrize(
    ("findings", "said"),
    [(None, "does not look for single errors"), ((), "The checker found nothing to mark")],
)
def test_no_findings_and_no_checker_are_told_apart(findings: tuple[Finding, ...] | None, said: str) -> None:
    """An essay without marks is not called free of errors when nobody looked."""
    page = render_explanation(made_up_explanation(findings=findings))
    assert said in page
    assert TEXT in page
    assert "<h3>Notes</h3>" not in page


def test_the_page_needs_nothing_else() -> None:
    """No script, nothing fetched, and a policy that forbids both."""
    page = render_explanation(made_up_explanation())
    parsed = Page(page)
    assert parsed.tags <= HARMLESS
    assert all(link.startswith("#") for link in parsed.links)
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_a_model_without_words_has_no_terms() -> None:
    """The wording card, where there is one, stands without words."""
    page = render_explanation(replace(made_up_explanation(), terms=None))
    assert "speak for" not in page


def hostile(text: str) -> Explanation:
    """An explanation in which everything a stranger chooses is this text."""
    explanation = made_up_explanation(f"{text} {TEXT} {text}", essay_id=text)
    finding = Finding(0, len(text), "spelling", "rule", f"Not `{text}`", text)
    return replace(
        explanation,
        findings=(finding, *(explanation.findings or ())),
        terms=replace(explanation.terms, raising=(text,)) if explanation.terms else None,
        limits=(text,),
    )


def test_hostile_text_stays_text() -> None:
    """Markup, templates and controls in an essay, its name or a remark are shown and do nothing."""
    page = render_explanation(hostile(HOSTILE))
    parsed = Page(page)
    assert parsed.tags <= HARMLESS
    assert not {name for name in parsed.attributes if name.startswith("on")}
    assert as_browsers_read(f"{HOSTILE} {TEXT} {HOSTILE}") == parsed.essay
    assert "{{ 7*7 }}" in page
    assert "\x00" not in page


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """The page shows the essay letter by letter, and its structure does not depend on it."""
    parsed = Page(render_explanation(hostile(text)))
    assert as_browsers_read(f"{text} {TEXT} {text}") == as_browsers_read(parsed.essay)
    assert parsed.tags <= HARMLESS


def test_a_marked_line_end_is_one_line_end() -> None:
    """A finding before a Windows line end does not double it."""
    text = "teh\r\ncat"
    page = render_explanation(made_up_explanation(text, [Finding(0, 4, "spelling", "r", "m")]))
    essay = re.search(r'<div class="essay"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert essay is not None
    assert re.sub(r"<[^>]*>|S1", "", essay[1]) == text


def test_the_record_is_json_and_adds_up() -> None:
    """Start and effects of parts make the score, effects of features make parts; the text is not in it."""
    record = json.loads(json.dumps(explanation_record(made_up_explanation()), allow_nan=False))
    effects = [part["effect"] for part in record["parts"]]
    assert record["score"] == pytest.approx(record["start"] + sum(effects))
    for part in record["parts"]:
        assert part["effect"] == pytest.approx(sum(feature["effect"] for feature in part["features"]))
    assert (1, "D", 0.45) == (record["format"], record["grade"], record["confidence"])
    assert list(record["probabilities"]) == record["model"]["scale"]["grades"]
    assert [[each.start, each.end] for each in FINDINGS] == [
        [each["start"], each["end"]] for each in record["findings"]
    ]
    assert "2026-03-01T10:15:00+00:00" == record["explained_at"]
    assert TEXT not in json.dumps(record)


def test_the_record_says_what_was_not_looked_for() -> None:
    """No checker and no words are null, not empty."""
    record = explanation_record(replace(made_up_explanation(findings=None), terms=None))
    assert (None, None) == (record["findings"], record["terms"])
