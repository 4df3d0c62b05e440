"""What a search found, in words and pictures: never more than the essays can tell."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from gradewise.evaluation.gains import Gain
from gradewise.evaluation.results import Interval
from gradewise.models.search import Choices, SearchSpace, Span, Trial
from gradewise.reporting.charts.search import gain_row, gains_chart
from gradewise.reporting.topics.tuning import tuning_sections
from gradewise.reporting.tuning_verdict import TuningFindings, tuning_statements

SPACE = SearchSpace(
    (
        Choices("model.engine", ("lightgbm", "<xgboost>")),
        Span("model.booster.learning_rate", 0.01, 0.1, log=True),
        Span("model.booster.max_leaves", 3, 31, whole=True),
        Span("model.booster.l2", 2.0, 2.0),
    )
)


def trial(number: int, rate: float, loss: float | None) -> Trial:
    """A configuration with this rate; given up where it has no loss."""
    settings = {
        "model.engine": "lightgbm",
        "model.booster.learning_rate": rate,
        "model.booster.max_leaves": 7,
        "model.booster.l2": 2.0,
    }
    state = "pruned" if loss is None else "complete"
    return Trial(number=number, settings=settings, state=state, steps=(0.8, 0.9), loss=loss)  # type: ignore[arg-type]


TRIALS = (trial(0, 0.5, 0.06), trial(1, 0.02, 0.05), trial(2, 0.09, None), trial(3, 0.04, 0.055))


def gain(metric: str, low: float, estimate: float, high: float) -> Gain:
    """A gain with its bounds."""
    return Gain(metric=metric, before=0.06, after=0.06 - estimate, gain=Interval(estimate, low, high), n=500)


def findings(
    low: float = -0.001, estimate: float = 0.002, high: float = 0.005, **changes: object
) -> TuningFindings:
    """A search that claims .010, of which so much is confirmed."""
    found = TuningFindings(
        objective="rps",
        space=SPACE,
        asked=4,
        trials=TRIALS,
        winner=TRIALS[1],
        claimed={"rps": gain("rps", 0.005, 0.010, 0.015), "qwk": gain("qwk", 0.0, 0.01, 0.02)},
        guards={"essays with low grades": gain("mae", -0.01, 0.0, 0.01)},
        nested=(TRIALS, TRIALS[:2]),
        confirmed={"rps": gain("rps", low, estimate, high), "qwk": gain("qwk", 0.0, 0.01, 0.02)},
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def said(found: TuningFindings) -> list[tuple[str, str]]:
    """Kind and text of each statement."""
    return [(each.kind, each.text) for each in tuning_statements(found)]


@pytest.mark.parametrize(
    ("bounds", "kind", "words"),
    [
        ((0.001, 0.002, 0.003), "good", "Tuning pays: on 500 essays that took no part in it"),
        ((-0.001, 0.002, 0.005), "warn", "Inside the noise"),
        ((-0.005, -0.002, -0.001), "bad", "Tuning does harm"),
    ],
    ids=["pays", "noise", "harm"],
)
def test_the_first_sentence_is_about_essays_that_took_no_part(
    bounds: tuple[float, float, float], kind: str, words: str
) -> None:
    """Better, worse or neither beyond chance; what the search itself claims does not matter."""
    first_kind, first = said(findings(*bounds))[0]
    assert kind == first_kind
    assert first.startswith(words)
    assert "from 0.06000 to" in first


def test_flattery_is_told() -> None:
    """How much of the claimed gain is not there on other essays; silence where all of it is."""
    assert any("of which 0.00800 is not there" in text for _, text in said(findings()))
    assert not any("flatter" in text for _, text in said(findings(0.01, 0.02, 0.03)))
    found = findings()
    assert 0.008 == pytest.approx(found.flattery)
    assert 0.058 - 0.05 == pytest.approx(found.optimism)


def test_without_a_check_nothing_is_promised() -> None:
    """Luck cannot be told from gain, and the page says so."""
    found = findings(confirmed=None, nested=())
    assert "warn" == said(found)[0][0]
    assert "how much of that is luck" in said(found)[0][1]
    assert found.flattery != found.flattery  # nan
    assert found.optimism != found.optimism
    assert ["search", "selected"] == [section.name for section in tuning_sections(found)]


def test_who_pays_is_named() -> None:
    """Where an end of the scale, or a prompt, fares worse beyond chance, the verdict warns."""
    assert not any(text.startswith("Take care") for _, text in said(findings()))
    lost = findings(guards={"essays with high grades": gain("mae", -0.3, -0.2, -0.1)})
    words = "Take care: with the selected settings essays with high grades fare worse"
    assert any(kind == "bad" and text.startswith(words) for kind, text in said(lost))


def test_what_was_selected_is_told_as_a_change() -> None:
    """Only what differs from the plan's own settings is named; where they win, nothing is."""
    texts = [text for _, text in said(findings())]
    assert "Selected: learning rate 0.02 (was 0.5)." in texts
    assert not any(text.startswith("Selected") for _, text in said(findings(winner=TRIALS[0])))
    assert any("no more than 4 configurations; 9 were" in text for _, text in said(findings(asked=9)))


def test_pictures_are_whole_and_records_are_json() -> None:
    """Each chart is well formed and described, escaped, and every figure is in the record."""
    sections = tuning_sections(findings())
    assert ["confirmation", "search", "selected"] == [section.name for section in sections]
    charts = [figure.svg for section in sections for figure in section.figures if figure.svg]
    assert 4 == len(charts)
    for svg in charts:
        assert ET.fromstring(svg).findtext("desc")  # noqa: S314 - our own output
    records = json.loads(json.dumps([dict(section.record) for section in sections], allow_nan=False))
    assert 0.002 == records[0]["gains"]["rps"]["gain"]["estimate"]
    assert {"n_trials": 4, "pruned": 1, "objective": "rps"} == records[1]
    assert TRIALS[1].settings == records[2]["settings"]


def test_a_value_outside_the_space_has_no_place_in_its_picture() -> None:
    """The plan's own rate, which the space does not hold, is in the table and not among the dots."""
    (picture,) = [
        figure.svg for section in tuning_sections(findings()) for figure in section.figures
        if figure.heading == "What each setting does"
    ]  # fmt: skip
    dots = [node.findtext("title") or "" for node in ET.fromstring(picture).iter("circle")]  # noqa: S314
    assert not any(text.startswith("0.5:") for text in dots)
    assert any(text.startswith("0.02:") for text in dots)


def test_undefined_gains_have_no_dot() -> None:
    """Where a figure is not defined, its row says so and shows nothing."""
    nothing = gain("qwk", float("nan"), float("nan"), float("nan"))
    sections = tuning_sections(findings(confirmed={"rps": gain("rps", 0, 1, 2), "qwk": nothing}))
    rows = sections[0].figures[0].table
    assert rows is not None
    assert "–" == rows.rows[1][-1]
    json.dumps(dict(sections[0].record), allow_nan=False)


@pytest.mark.parametrize(
    ("name", "n_lines"), [("RPS", 1), ("essays of the worst prompt", 2)], ids=["beside", "under"]
)
def test_names_of_gains_are_whole_and_the_line_at_nothing_crosses_no_text(name: str, n_lines: int) -> None:
    """Where a name and its figure find no room on one line, the figure stands under the name."""
    row = gain_row(name, gain("rps", -1.0, 0.0, 1.0))
    picture = ET.fromstring(gains_chart("Gains", [row]))  # noqa: S314 - our own output
    labels = [node for node in picture.iter("text") if node.get("class") in {"label", "value"}]
    assert [name, row.said] == [node.text for node in labels]
    heights = [float(node.get("y") or 0) for node in labels]
    assert n_lines == len(set(heights))
    (zero,) = [node for node in picture.iter("line") if node.get("class") == "zero"]
    assert max(heights) < float(zero.get("y1") or 0)
