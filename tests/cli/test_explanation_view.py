"""An explanation in a terminal, narrow or wide."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from explanations import TEXT, made_up_explanation, on_long_scale
from gradewise.cli.grading.explanation_view import explanation_view
from gradewise.cli.terminal import printable
from gradewise.features.findings import Finding
from gradewise.reporting.explanation import Explanation, TellingTerms


def shown(explanation: Explanation, *, width: int = 100) -> str:
    """What a terminal of so many characters shows, without colours."""
    written = io.StringIO()
    console = Console(
        file=written, width=width, color_system=None, highlight=False, markup=False, emoji=False
    )
    console.print(explanation_view(explanation, width=width))
    return written.getvalue()


def words_of(text: str) -> str:
    """Text without frames and line ends."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_nothing_is_lost_at_any_width(width: int) -> None:
    """Narrow or wide: lines stay within the terminal, and all is said."""
    text = shown(made_up_explanation(), width=width)
    assert max(map(len, text.splitlines())) <= width
    for said in (
        "Grade D likely E to C (95\u202f%) 2.20 steps above F",
        "I recieve[S2] alot[S3] of letters.[Y1] i[C4] like [P5]them.",
        "“alot” → a lot Two words.",
        "average essay 2.46",
        "this essay",
        "much wording: 3 (average 2)",
        "Whether it is true.",
        "The teacher decides.",
    ):
        assert words_of(said) in words_of(text)


def test_a_chart_is_drawn_where_there_is_room() -> None:
    """Arrows show direction without colour; a terminal too narrow for them shows the numbers alone."""
    wide, narrow = (shown(made_up_explanation(), width=width) for width in (80, 40))
    assert "◀━" in wide
    assert "━▶" in wide
    assert "●" not in narrow
    assert "−0.33" in narrow


def test_arrows_start_where_the_one_before_ended() -> None:
    """The chart is a staircase from the average to this essay."""
    lines = shown(made_up_explanation(), width=100).splitlines()
    chart = [line for line in lines if any(mark in line for mark in "◀▶●·")]
    places = [[line.index(mark) for mark in "◀━▶●·" if mark in line] for line in chart]
    average, wording, spelling, length, vocabulary, essay = places
    ends = [chart[row].rindex("━") for row in (1, 2, 3)]
    assert ["◀", "◀", "▶"] == [re.sub("[^◀▶]", "", chart[row]) for row in (1, 2, 3)]
    assert average[0] - ends[0] in {0, 1}
    assert wording[0] - ends[1] in {0, 1}
    assert abs(length[0] - spelling[0]) <= 1
    assert abs(vocabulary[0] - essay[0]) <= 1


def test_the_given_grade_and_its_likelier_neighbour() -> None:
    """Where another grade is more probable, that is said under the grade."""
    text = words_of(shown(replace(made_up_explanation(), grade="C")))
    assert "D alone is more probable (45 %) than C (30 %)." in text


def test_a_long_scale_shows_what_is_probable() -> None:
    """Of 101 points only those with half a per cent or more take a line."""
    explanation = on_long_scale(101)
    bars = [line for line in shown(explanation).splitlines() if line.rstrip("│ ").endswith("%")]
    assert len([share for share in explanation.probabilities.values() if share >= 0.005]) == len(bars) < 60


def test_many_remarks_are_cut() -> None:
    """The first fifteen are shown, the rest counted."""
    text = " ".join(f"wrod{number}" for number in range(100, 120))
    found = [Finding(8 * place, 8 * place + 7, "spelling", "r", "m") for place in range(20)]
    view = shown(made_up_explanation(text, found))
    assert "“wrod114”" in view
    assert "“wrod115”" not in view
    assert "5 more remarks" in view


@pytest.mark.parametrize(
    ("explanation", "said"),
    [
        (made_up_explanation(findings=None), "does not look for single errors"),
        (made_up_explanation(findings=()), "found nothing to mark"),
    ],
)
def test_nothing_found_and_nobody_looked(explanation: Explanation, said: str) -> None:
    """Both are said, and differ."""
    assert said in shown(explanation)


def test_a_model_without_words_or_effects() -> None:
    """The view stands without terms, and without a single effect."""
    view = shown(replace(made_up_explanation(effects={"length": 0.0}), terms=None))
    assert "speak for" not in view
    assert "·" in view
    one_sided = replace(
        made_up_explanation(effects={"wording": 0.012}), terms=TellingTerms(raising=("letters",), lowering=())
    )
    assert "speak for a better grade: letters" in shown(one_sided)
    assert "speak for a lower grade" not in shown(one_sided)
    assert "much wording" in shown(one_sided)
    assert "  wording: 3" not in shown(one_sided)  # moved the score by 0.003 only


def test_a_hostile_text_cannot_steer_the_terminal() -> None:
    """Escape sequences, brackets and marks of direction are shown, never obeyed."""
    evil = "\x1b[2J\x9b31m[bold]:smile:[/]\u202egnirts\x07\r"
    found = [Finding(0, len(evil), "spelling", "r", f"Not `{evil}`", evil)]
    view = shown(made_up_explanation(evil + TEXT, found, essay_id=f"{evil}.txt"))
    assert not set("\x1b\x9b\x07\u202e\r") & set(view)
    assert "[bold]:smile:[/]" in view
    assert printable(evil) in view
