"""Reports on classes: what they say, what they show, and that nothing in them speaks of grades."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from graded_essays import classified_texts
from gradewise.essays.scales import class_scale
from gradewise.evaluation.class_sets import evaluate_class_sets
from gradewise.evaluation.out_of_scope import OutOfScope, evaluate_out_of_scope
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.summary import evaluate
from gradewise.evaluation.trials import SearchTrial
from gradewise.reporting.charts.class_confusion import confusions
from gradewise.reporting.charts.trials import best_trial
from gradewise.reporting.class_pictures import classes_figure, confusion_figure, worst_first
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.parts import Section
from gradewise.reporting.record import report_record
from gradewise.reporting.report import (
    LOCKED_TEST,
    OUT_OF_FOLD,
    TRAINED_ON,
    BaselineRow,
    DataSection,
    NamedEvaluation,
    Report,
)
from gradewise.reporting.svg import text_width
from gradewise.reporting.topics.classes import class_sections, search_section, sets_section
from gradewise.reporting.verdict import appraise, verdict

TRIALS = tuple(
    SearchTrial({"c": 10.0**power, "penalty": penalty}, score, 1.5, "complete")
    for power, penalty, score in ((-2, "l1", 0.6), (0, "l2", 0.8), (2, "l2", 0.9), (3, "l1", 0.7))
)
MakeReport = Callable[[int], Report]


def named(
    name: str, n_classes: int, *, seed: int = 0, sharpness: float = 2.5, n: int = 300
) -> NamedEvaluation:
    """An evaluation of made-up texts."""
    texts = classified_texts(n, n_classes=n_classes, seed=seed, sharpness=sharpness)
    scale = class_scale(f"class {code:02}" for code in range(n_classes))
    return NamedEvaluation(
        name=name, evaluation=evaluate(texts, scale, resampling=Resampling(20)), graded=texts
    )


def out_of_scope(named: NamedEvaluation, *, threshold: float | None = 0.5) -> OutOfScope:
    """Texts of no class beside those of an evaluation."""
    texts = named.graded
    return evaluate_out_of_scope(
        texts.probabilities.max(axis=1),
        texts.true_codes == texts.predicted_codes,
        np.linspace(0.1, 0.9, 40),
        threshold=threshold,
        resampling=Resampling(20),
    )


def sections(test: NamedEvaluation) -> tuple[Section, ...]:
    """All that there is to say of some texts."""
    texts, scale = test.graded, test.evaluation.scale
    return class_sections(
        sets=evaluate_class_sets(
            texts.probabilities, texts.true_codes, scale, least=0.1, promised=0.9, resampling=Resampling(20)
        ),
        out_of_scope=out_of_scope(test),
        trials=TRIALS,
    )


@cache
def made_up(n_classes: int) -> Report:
    """A whole report on classes."""
    test = named(LOCKED_TEST, n_classes, seed=1)
    return Report(
        title="Intents",
        model_name="intents",
        model_version="20260301_101500",
        created_at=datetime(2026, 3, 1, 10, 15, tzinfo=UTC),
        scale=test.evaluation.scale,
        data=DataSection(n_essays=600, n_train=300, n_test=300, source="made up", licence="CC0-1.0"),
        evaluations=(named(TRAINED_ON, n_classes, sharpness=4.0), named(OUT_OF_FOLD, n_classes), test),
        metrics_allowed=True,
        baselines=(
            BaselineRow(
                name="commonest class",
                description="Says the same of every text.",
                metrics={"macro_f1": Interval(0.1, 0.1, 0.1)},
                difference=Interval(0.6, 0.5, 0.7),
            ),
        ),
        sections=sections(test),
        decision="the most probable class",
    )


@pytest.mark.parametrize("n_classes", [2, 3, 30], ids=["two", "few", "many"])
def test_nothing_speaks_of_grades(n_classes: int) -> None:
    """Neither page nor text has a word that belongs to essays, teachers or ordered scales."""
    page = re.sub(r"<style>.*?</style>", "", render_html(made_up(n_classes)), flags=re.DOTALL)
    words = re.sub(r"<(?!title|desc)[^>]*>", " ", page) + render_markdown(made_up(n_classes))
    for word in ("essay", "teacher", "grade ", "grades", "QWK", "Within one", "prompt", "length only"):
        assert word.lower() not in words.lower()


@pytest.mark.parametrize("n_classes", [2, 3, 30], ids=["two", "few", "many"])
def test_pictures_are_whole(n_classes: int) -> None:
    """Every picture is well-formed, says what it shows, and repeats no name twice in one element."""
    pictures = re.findall(r"<svg.*?</svg>", render_html(made_up(n_classes)), flags=re.DOTALL)
    assert len(pictures) > 10
    for picture in pictures:
        root = ET.fromstring(picture)  # noqa: S314 - made here
        assert [child.tag for child in root][:2] == ["title", "desc"]


def test_sets_of_texts_stand_side_by_side() -> None:
    """Training, held-out and test figures are columns of one table; pictures are not of what was learnt."""
    text = render_markdown(made_up(3))
    assert "| Figure | training texts, n = 300 | out of fold, n = 300 | locked test, n = 300 |" in text
    assert "## Locked test" in text
    assert "## Training texts" not in text


def test_every_class_is_in_the_table() -> None:
    """However many classes there are, each has its row, the worst first."""
    test = made_up(30).evaluations[-1].evaluation
    rows = classes_figure(test).table
    assert rows is not None
    assert 30 == len(rows.rows)
    assert [row.grade for row in worst_first(test.grades)] == [row[0] for row in rows.rows]
    f1s = [row.f1.estimate for row in worst_first(test.grades) if row.n_true]
    assert sorted(f1s) == f1s


def test_names_of_classes_stay_within_the_heat_map() -> None:
    """However wide their letters; both ends of a name are left, and a short one is whole."""
    evaluation = made_up(3).evaluations[-1].evaluation
    scale = class_scale(["CARD", "WHEN_MY_MONEY_MOVES_HOME", "when_illicit_fillings_fail"])
    svg = confusion_figure(replace(evaluation, scale=scale)).svg
    beside = [
        text.text or ""
        for text in ET.fromstring(svg).iter("text")  # noqa: S314 - our own
        if text.attrib.get("text-anchor") == "end"
    ][-3:]
    assert "CARD" == beside[0]
    assert all(text_width(name) < 122 for name in beside)
    assert [("W", "E"), ("w", "l")] == [(name[0], name[-1]) for name in beside[1:]]


def test_many_classes_show_their_confusions() -> None:
    """Of few classes there is a heat map with its counts, of many the most frequent confusions."""
    many = made_up(30).evaluations[-1].evaluation
    pairs = confusions(many)
    assert sum(pair.n for pair in pairs) == many.n - np.trace(many.confusion)
    assert [pair.n for pair in pairs] == sorted((pair.n for pair in pairs), reverse=True)
    assert f"{pairs[0].right} → {pairs[0].given}" in confusion_figure(many).svg
    few = confusion_figure(made_up(3).evaluations[-1].evaluation)
    assert few.table is not None
    assert ("Right ↓ Given →", "class 00", "class 01", "class 02") == few.table.columns


def test_a_model_without_a_mistake_has_no_confusion() -> None:
    """There is neither picture nor row."""
    test = named(LOCKED_TEST, 30, sharpness=50)
    figure = confusion_figure(test.evaluation)
    assert figure.table is not None
    assert ("", ()) == (figure.svg, figure.table.rows)


def test_the_record_says_that_there_is_no_order() -> None:
    """Programs learn it from the scale; sections are named as ever."""
    record = report_record(made_up(3))
    assert record["scale"]["ordered"] is False
    assert {"class_sets", "out_of_scope", "search"} == set(record["sections"])


@pytest.mark.parametrize(
    ("sharpness", "kind"), [(6.0, "good"), (0.0, "bad"), (1.2, "warn")], ids=["sharp", "blind", "weak"]
)
def test_the_lead_is_about_classes(sharpness: float, kind: str) -> None:
    """It says how many texts have their right class, and how classes fare on average."""
    lead = appraise(named(LOCKED_TEST, 3, sharpness=sharpness).evaluation)[0]
    assert (kind, True) == (lead.kind, "of texts their right class" in lead.text)


def test_the_verdict_names_what_is_hard() -> None:
    """Weak classes, rare ones and those that are mixed up are named."""
    told = " ".join(each.text for each in appraise(named(LOCKED_TEST, 4, sharpness=0.7).evaluation))
    assert "classes are clearly hard" in told
    assert "Classes that are often mixed up: “class" in told
    few = " ".join(each.text for each in appraise(named(LOCKED_TEST, 4, n=12).evaluation))
    assert "had fewer than 5 texts here" in few
    assert "Only 12 texts were evaluated" in few


def test_the_verdict_is_of_the_locked_test() -> None:
    """Rules that are beaten are told, and so is where the figures come from."""
    told = [each.text for each in verdict(made_up(3))]
    assert any(
        "beats simple rules on the same texts: commonest class by +0.60 macro F1" in text for text in told
    )
    assert any("come from texts that were locked away" in text for text in told)
    promised = replace(
        made_up(3), evaluations=(named(OUT_OF_FOLD, 3, sharpness=5), named(LOCKED_TEST, 3, sharpness=1))
    )
    assert any(
        "Development promised more" in each.text and "macro F1" in each.text for each in verdict(promised)
    )


def test_texts_of_no_class_are_told_with_their_threshold() -> None:
    """The intro states recall at an in-scope accuracy, or that it is out of reach."""
    (section,) = class_sections(out_of_scope=out_of_scope(named(LOCKED_TEST, 3, sharpness=6)))
    assert re.search(r"At 90.% in-scope accuracy .* out-of-scope recall is", section.intro)
    assert "threshold of confidence of 50" in section.statements[0].text
    (weak,) = class_sections(out_of_scope=out_of_scope(named(LOCKED_TEST, 3, sharpness=1), threshold=None))
    assert "is out of reach" in weak.intro
    assert "keeps 90" in weak.figures[1].table.rows[-1][0] if weak.figures[1].table else False


def test_sets_name_the_class_that_fares_worst() -> None:
    """A class with texts enough is judged alone, and none where none has."""
    assert "“class" in made_up(2).sections[0].intro
    test = named(LOCKED_TEST, 3, n=40)
    found = evaluate_class_sets(
        test.graded.probabilities, test.graded.true_codes, test.evaluation.scale, least=0.1, promised=0.9,
        resampling=Resampling(5),
    )  # fmt: skip
    assert "No class has the 50 texts" in sets_section(found).intro


def test_the_search_tells_its_best() -> None:
    """The best trial is by what was made best, errors the other way round, and failures last."""
    failed = SearchTrial({"c": 1.0}, float("nan"), 0.1, "failed")
    section = search_section((*TRIALS, failed), metric="macro_f1")
    assert "The best reached 0.900 with c 100, penalty l2" in section.intro
    table = section.figures[0].table
    assert table is not None
    assert ("3", "5") == (table.rows[0][0], table.rows[-1][0])
    assert section.record["trials"][4]["score"] is None
    assert TRIALS[0] == best_trial((failed, *TRIALS), "log_loss")


def test_a_search_without_figures_shows_none() -> None:
    """Where every trial failed, that is said; where nothing varied, no setting is drawn."""
    failed = SearchTrial({}, float("nan"), 0.1, "failed")
    assert ("No trial came to a figure" in search_section((failed,), metric="accuracy").intro) is True
    assert () == search_section((failed,), metric="accuracy").figures
    alone = SearchTrial({"balanced": True, "c": 1}, 0.5, 0.1, "complete")
    assert 1 == len(search_section((alone,), metric="accuracy").figures)


def test_nothing_known_is_no_section() -> None:
    """Sections are of what is known."""
    assert () == class_sections()
