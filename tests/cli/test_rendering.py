"""A graded essay as the terminal shows it."""

from dataclasses import replace

from rich.console import Console

from gradewise.cli.grading.scoring import likelier_probability
from gradewise.cli.rendering import prediction_panel
from gradewise.features.advisories.advisory import Advisory
from gradewise.workflows.score import Prediction, TraitPrediction


def shown(prediction: Prediction) -> str:
    """The panel as text, a hundred columns wide."""
    console = Console(width=100, record=True, quiet=True)
    with console.capture() as captured:
        console.quiet = False
        console.print(prediction_panel(prediction, title="essay"))
    return captured.get()


def graded(*advisories: Advisory, traits: dict[str, TraitPrediction]) -> Prediction:
    """An essay with grade C."""
    return Prediction(
        essay_id="essay",
        grade="C",
        probabilities={"D": 0.3, "C": 0.5, "B": 0.2},
        confidence=0.5,
        score=1.1,
        grade_set=("D", "C", "B"),
        agreement=0.8,
        cuts={"C": 0.8},
        released=False,
        traits=traits,
        advisories=advisories,
        reasons=(),
        model="model 1",
    )


def test_advisories_and_traits_stand_beside_the_grade() -> None:
    """What speaks against the grade comes right under it, each trait has a row."""
    style = TraitPrediction(
        grade="B", probabilities={"C": 0.4, "B": 0.6}, confidence=0.6, score=0.6, grade_set=("B",)
    )
    notes = Advisory(code="too_short", message="61 words", value=61, limit=90)
    lines = shown(graded(notes, traits={"Style": style})).splitlines()
    (head,) = (number for number, line in enumerate(lines) if "Grade C   plausibly D to B" in line)
    assert "Too short: 61 words" in lines[head + 1]
    assert any(line.split()[1:5] == ["Style", "B", "B", "60%"] for line in lines)


def test_an_ordinary_essay_without_traits_shows_neither() -> None:
    """Nothing is said where nothing is to be said."""
    text = shown(graded(traits={}))
    assert "Traits" not in text
    assert "Too short" not in text
    assert "more probable" not in text


def test_a_grade_that_is_not_the_most_probable_says_so() -> None:
    """In the panel in a sentence, in the table beside its probability."""
    odd = replace(
        graded(traits={}), grade="D+", probabilities={"D": 0.28, "D+": 0.26, "C": 0.46}, confidence=0.26
    )
    assert "C alone is more probable (46" in shown(odd)
    assert ("26% (C 46%)", "") == (likelier_probability(odd), likelier_probability(graded(traits={})))
