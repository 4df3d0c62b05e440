"""The page, the text and the record: whole, safe and self-contained."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from gradewise.essays.scales import Scale
from gradewise.evaluation.results import METRICS, Interval
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import plain, render_markdown
from gradewise.reporting.parts import MOST_ROWS, Figure, Section, table
from gradewise.reporting.record import report_record
from gradewise.reporting.report import (
    UNDEFINED,
    BaselineRow,
    ConstructShare,
    DataSection,
    FeatureShare,
    NamedEvaluation,
    Report,
)
from gradewise.reporting.tables import counts_table

HOSTILE = "<img src=x onerror=alert(1)>|`*_[a](http://evil.example)\n# owned\x00"
HOSTILE_LABEL = HOSTILE.replace("\n", " ").replace("\x00", "")  # a label holds no line break
VOID = {"meta", "link", "br", "img", "hr", "input"}
MEASURED = "0.123456"
"""A figure that occurs nowhere else, so that a leak is seen."""


class Outline(HTMLParser):
    """Notes elements and attributes, and fails on tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what opens."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content opens nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """What closes must be what opened last."""
        assert tag == self.open.pop()


def outline(page: str) -> Outline:
    """The elements of a page, each closed."""
    parser = Outline()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def hostile(report: Report) -> Report:
    """A report in which every name that a user may choose is an attack."""
    scale = Scale(HOSTILE, (HOSTILE_LABEL, *report.scale.grades[1:]))
    evaluations = tuple(
        replace(
            named,
            name=HOSTILE,
            evaluation=replace(
                named.evaluation,
                scale=scale,
                grades=(
                    replace(named.evaluation.grades[0], grade=HOSTILE_LABEL),
                    *named.evaluation.grades[1:],
                ),
                prompts=tuple(replace(row, name=HOSTILE) for row in named.evaluation.prompts),
            ),
            graded=replace(named.graded, prompts=(HOSTILE,) * named.evaluation.n),
        )
        for named in report.evaluations
    )
    feature = FeatureShare(name=HOSTILE, definition=HOSTILE, share=0.2)
    return replace(
        report,
        title=HOSTILE,
        model_name=HOSTILE,
        model_version=HOSTILE,
        scale=scale,
        data=DataSection(
            n_essays=1,
            n_train=1,
            n_test=0,
            source=HOSTILE,
            licence=HOSTILE,
            card=HOSTILE,
            label_counts={HOSTILE: 1},
            prompt_counts={HOSTILE: 1},
            set_aside={HOSTILE: 1},
            rare_labels=(HOSTILE,),
            split_scheme=HOSTILE,
            split_plan_id=HOSTILE,
        ),
        evaluations=evaluations,
        baselines=(
            BaselineRow(name=HOSTILE, description=HOSTILE, metrics={}, difference=Interval(0.1, -0.1, 0.3)),
        ),
        importance=(ConstructShare(construct=HOSTILE, share=0.5, features=(feature,)),),
        decision=HOSTILE,
        calibration=HOSTILE,
        sections=(
            Section(
                name="hostile",
                heading=HOSTILE,
                intro=HOSTILE,
                figures=(Figure(HOSTILE, "", HOSTILE, table((HOSTILE, "n"), [(HOSTILE, "1")])),),
            ),
        ),
        notices=(HOSTILE,),
        environment={HOSTILE: HOSTILE},
        timings={HOSTILE: 1.0},
        plan_yaml=f"a: 1\n```\n</pre>{HOSTILE}",
    )


@pytest.fixture(scope="module")
def bare(report: Report) -> Report:
    """A report with nothing in it that may be left out, every figure undefined."""
    named = report.evaluations[0]
    return replace(
        report,
        data=DataSection(n_essays=1, n_train=1, n_test=0, source="", licence=""),
        evaluations=(
            replace(
                named,
                evaluation=replace(
                    named.evaluation, metrics={}, grades=(), tails=(), prompts=(), reliability=()
                ),
                graded=replace(named.graded, prompts=None, word_counts=None),
            ),
        ),
        baselines=(),
        importance=(ConstructShare(construct="length", share=float("nan")),),
        human=None,
        decision="",
        calibration="",
        notices=(),
        environment={},
        timings={},
        plan_yaml="",
    )


@pytest.fixture(scope="module")
def blocked(report: Report) -> Report:
    """A report on data whose terms allow no figure, with one that would be seen if it leaked."""
    figure = Interval(float(MEASURED), float(MEASURED), float(MEASURED))
    named = report.evaluations[0]
    evaluation = replace(named.evaluation, metrics=dict.fromkeys(METRICS, figure))
    return replace(
        report,
        evaluations=(replace(named, evaluation=evaluation),),
        baselines=(BaselineRow(name="r", description="", metrics={"qwk": figure}, difference=figure),),
        human={"qwk": figure},
        sections=(
            Section(
                name="topic",
                heading="Topic",
                intro=MEASURED,
                figures=(Figure("Picture", "", MEASURED, table(("Figure", "value"), [("it", MEASURED)])),),
                record={"it": float(MEASURED)},
            ),
        ),
        metrics_allowed=False,
    )


@pytest.fixture(params=["report", "hostile", "bare", "blocked"])
def any_report(request: pytest.FixtureRequest) -> Report:
    """Each kind of report in turn."""
    found: Report = request.getfixturevalue(request.param)
    return found


def test_page_is_whole_and_self_contained(any_report: Report) -> None:
    """Every tag closes; there is no script, nothing is fetched, and no attribute runs code."""
    page = render_html(any_report)
    elements = outline(page).elements
    assert not {tag for tag, _ in elements} & {"script", "link", "iframe", "img", "object", "embed"}
    for _, attributes in elements:
        assert not any(name.startswith("on") or name in {"src", "srcset", "data"} for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_links_lead_somewhere(any_report: Report) -> None:
    """Each link within the page has its target."""
    elements = outline(render_html(any_report)).elements
    targets = {attributes.get("id") for _, attributes in elements}
    assert {(attributes["href"] or "")[1:] for tag, attributes in elements if tag == "a"} <= targets


def test_headings_do_not_skip_a_level(any_report: Report) -> None:
    """A screen reader can walk the headings; there is one of the first level."""
    levels = [
        int(tag[1]) for tag, _ in outline(render_html(any_report)).elements if re.fullmatch("h[1-6]", tag)
    ]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_picture_is_well_formed_and_described(any_report: Report) -> None:
    """Each chart in the page stands as XML with a title and a description."""
    for svg in re.findall(r"<svg.*?</svg>", render_html(any_report), flags=re.DOTALL):
        root = ET.fromstring(svg)  # noqa: S314 - our own output
        assert root.findtext("title")
        assert root.find("desc") is not None


def test_no_reader_meets_nan(any_report: Report) -> None:
    """What is not defined is a dash, in the page and in the text."""
    for text in (render_html(any_report), render_markdown(any_report)):
        assert not re.search(r"\b(nan|inf|None)\b", text)


def test_hostile_names_stay_text(hostile: Report) -> None:
    """An attack in a name is shown as text."""
    page = render_html(hostile)
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "\x00" not in page


def test_a_notice_begins_as_a_sentence_and_a_file_keeps_its_name(report: Report) -> None:
    """What was only noted becomes a sentence of the page, unless it begins with a name."""
    page = render_html(replace(report, notices=("no prompts", "essays.csv is not UTF-8")))
    assert ">No prompts</p>" in page
    assert ">essays.csv is not UTF-8</p>" in page


def test_blocked_data_shows_no_figure(blocked: Report) -> None:
    """No rendering shows a metric, or any picture, where the terms of the data allow none."""
    page, text, record = render_html(blocked), render_markdown(blocked), json.dumps(report_record(blocked))
    for rendering in (page, text, record):
        assert MEASURED not in rendering
        assert "0.12" not in rendering
        assert "No figures are shown" in rendering
    assert "<svg" not in page
    assert "QWK" not in page + text
    assert tuple(
        report_record(blocked)[name] for name in ("metrics_allowed", "evaluations", "baselines", "human")
    ) == (False, [], [], None)


@pytest.mark.parametrize("n_grades", [2, 61])
def test_page_of_two_thousand_essays_is_light(make_report: Callable[..., Report], n_grades: int) -> None:
    """Two thousand essays make a page of less than half a megabyte, on any scale."""
    scale = Scale("points", tuple(str(points) for points in range(n_grades)))
    page = render_html(make_report(2000, scale, n_resamples=2, n_prompts=100))
    assert len(page.encode()) < 500_000


def test_unsuccessful_evaluation_is_left_out_of_the_page(report: Report) -> None:
    """A second evaluation without essays has no pictures."""
    empty = replace(report.evaluations[0], evaluation=replace(report.evaluations[0].evaluation, n=0))
    assert "The same pictures" not in render_html(replace(report, evaluations=(empty, report.evaluations[1])))


def tables_of(text: str) -> list[list[str]]:
    """The tables of a Markdown text, each as its lines."""
    found: list[list[str]] = []
    before = ""
    for line in text.splitlines():
        if line.startswith("|"):
            if not before.startswith("|"):
                found.append([])
            found[-1].append(line)
        before = line
    return found


def test_markdown_tables_are_well_formed(any_report: Report) -> None:
    """Each table has a rule under its head and as many cells in every row."""
    tables = tables_of(render_markdown(any_report))
    assert tables
    for lines in tables:
        assert re.fullmatch(r"\| ---(( \| ---:)*|( \| ---)*) \|", lines[1])
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1


def test_markdown_names_cannot_open_anything(hostile: Report) -> None:
    """A name makes no heading, no link, no markup and no end of a code block."""
    text = render_markdown(hostile)
    before_plan = text[: text.index("## Plan")]
    assert "owned" not in [line.lstrip("# ") for line in before_plan.splitlines()]
    assert not re.search(r"(?<!\\)<img", before_plan)
    assert "](http" not in before_plan.replace("\\]", "")
    assert text.count("````") == 2


def test_markdown_keeps_plain_words() -> None:
    """Ordinary text is left alone."""
    assert plain("agreement with the teacher, 92 %") == "agreement with the teacher, 92 %"


def test_markdown_and_page_say_the_same_verdict(report: Report) -> None:
    """Both hold each statement of the record."""
    text, page = render_markdown(report), render_html(report)
    for statement in report_record(report)["verdict"]:
        assert plain(statement["text"]) in text
        assert statement["text"] in page


def test_record_is_strict_json(any_report: Report) -> None:
    """The record survives JSON unchanged, without nan."""
    record = report_record(any_report)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["format"] == 1


def test_record_holds_no_figure_for_what_is_not_defined(bare: Report) -> None:
    """What is not defined is null."""
    assert report_record(bare)["importance"][0]["share"] is None


def test_record_keeps_baselines_and_undefined_bounds(report: Report) -> None:
    """Baselines keep their figures; a comparison that was not made is null."""
    row = BaselineRow(name="r", description="d", metrics={"qwk": UNDEFINED})
    (found,) = report_record(replace(report, baselines=(row,)))["baselines"]
    assert found == {
        "name": "r",
        "description": "d",
        "metrics": {"qwk": {"estimate": None, "low": None, "high": None}},
        "difference": None,
    }


def test_long_tables_are_cut_and_say_so(report: Report) -> None:
    """A hundred prompts are cut to a readable number, and the rest is counted."""
    counts = {f"prompt {number}": 1 for number in range(100)}
    assert counts_table("Prompt", counts, Scale("two", ("F", "E"))).left_out == 100 - MOST_ROWS
    many = replace(report, data=replace(report.data, prompt_counts=counts))
    for text in (render_html(many), render_markdown(many)):
        assert f"{100 - MOST_ROWS} more are not shown." in text


def test_report_without_evaluation_renders(report: Report) -> None:
    """Nothing evaluated, nothing shown, nothing broken."""
    nothing: tuple[NamedEvaluation, ...] = ()
    page = render_html(replace(report, evaluations=nothing))
    assert outline(page).elements
    assert "Nothing was evaluated" in page


def test_report_without_importance_renders(report: Report) -> None:
    """What moves the grade is left out where it was not measured."""
    unmeasured = replace(report, importance=())
    assert "What it looks at" not in render_html(unmeasured) + render_markdown(unmeasured)


def test_sections_stand_in_every_rendering(report: Report) -> None:
    """A further topic is shown by its heading, its words and its numbers, and kept in the record."""
    cells = table(("Figure", "value"), [("prmse", "0.707")])
    topic = Section(
        name="true_scores",
        heading="True scores",
        intro="What two ratings tell.",
        figures=(Figure("Beyond one rating", "", "Nearer 1 is better.", cells),),
        record={"prmse": 0.707},
    )
    with_topic = replace(report, sections=(topic,))
    for text in (render_html(with_topic), render_markdown(with_topic)):
        for shown in ("True scores", "What two ratings tell.", "Beyond one rating", "0.707"):
            assert shown in text
    assert report_record(with_topic)["sections"] == {"true_scores": {"prmse": 0.707}}


def test_whole_prompts_resampled_is_said(report: Report) -> None:
    """The making of intervals is told, clusters included."""
    named = report.evaluations[1]
    made = replace(named.evaluation.resampling, clustered_by="prompt")
    clustered = replace(
        report, evaluations=(replace(named, evaluation=replace(named.evaluation, resampling=made)),)
    )
    assert "whole prompts at a time" in render_html(clustered)
