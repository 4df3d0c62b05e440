"""What is looked for in the data: columns, scales, and ranges that must not be mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.scales import SCALES, find_scale
from gradewise.workflows.datasets.guesses import (
    FEWEST_FOR_RANGE,
    guess_classes,
    guess_columns,
    guess_scale,
    refuse_mixed_ranges,
    refuse_rivals,
)
from gradewise.workflows.plans.data import ColumnsPlan


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("essay_id", "essay_set", "essay", "score"), ("essay", "score", "essay_id", "essay_set")),
        (("text_id", "full_text", "Overall", "topic"), ("full_text", "Overall", "text_id", "topic")),
        ((" Text ", "BETYG"), (" Text ", "BETYG", None, None)),
        (("Elev", "Uppsats", "Betyg", "Uppgift"), ("Uppsats", "Betyg", None, "Uppgift")),
        (("score", "grade", "text"), ("text", "grade", None, None)),
        (("a", "b"), (None, None, None, None)),
    ],
)  # fmt: skip
def test_columns_are_found_by_usual_names(columns: tuple[str, ...], found: tuple[str | None, ...]) -> None:
    """Case and space aside; of several, the likeliest; spelled as the file spells it."""
    guessed = guess_columns(columns, ColumnsPlan())
    assert found == (guessed.text, guessed.label, guessed.id, guessed.prompt)


def test_named_columns_stay_and_are_not_taken_twice() -> None:
    """What a plan names is kept, and not found again for something else."""
    guessed = guess_columns(("text", "essay", "score"), ColumnsPlan(text="essay", label="text"))
    assert ("essay", "text") == (guessed.text, guessed.label)
    assert guess_columns(("score",), ColumnsPlan(id="score")).label is None


def test_the_second_teachers_column_is_not_taken_for_the_first_ones() -> None:
    """A column that is named for the second grade is nobody else's; none is ever guessed."""
    guessed = guess_columns(("text", "score", "mark"), ColumnsPlan(second_label="score"))
    assert (None, "score") == (guessed.label, guessed.second_label)
    assert guess_columns(("text", "score", "second_label"), ColumnsPlan()).second_label is None


@pytest.mark.parametrize(
    ("columns", "named", "said"),
    [
        (
            ("text", "grade", "Overall"),
            ColumnsPlan(),
            "columns 'grade' and 'Overall' may all hold the grades",
        ),
        (("full_text", "text", "grade"), ColumnsPlan(), "may all hold the essays; .*--text-column NAME"),
    ],
)
def test_two_likely_columns_are_not_chosen_between(
    columns: tuple[str, ...], named: ColumnsPlan, said: str
) -> None:
    """The user says which; a model of pupils' school years helps nobody."""
    with pytest.raises(InputError, match=said):
        refuse_rivals(columns, named, ("text", "label"))


def test_a_named_column_has_no_rivals() -> None:
    """What is named is not guessed, and what it takes is no candidate for another role."""
    refuse_rivals(("text", "grade", "Overall"), ColumnsPlan(label="Overall"), ("text", "label"))
    refuse_rivals(("text", "score", "grade"), ColumnsPlan(id="score"), ("text", "label"))
    refuse_rivals(("text", "grade", "Overall"), ColumnsPlan(), ("text",))
    refuse_rivals(("a", "b"), ColumnsPlan(), ("text", "label"))


@pytest.mark.parametrize(
    ("labels", "scale"),
    [
        (["F", "A", "", " d+ "], "swedish8"),
        (["F", "A", "", " d "], "swedish6"),
        (["A1", "C2", "b1"], "cefr"),
        (["2", "12", "7"], "2-12"),
        (["0", "1"], "0-1"),
        (["3.0", "4"], "3-4"),
        (["2.5", "3", "5,0"], "ellipse"),
        (["2.5", "9"], "ielts"),
        (["3"], "ellipse"),
    ],
)
def test_the_simplest_scale_that_holds_all_labels_is_taken(labels: list[str], scale: str) -> None:
    """Letters by name, whole numbers as a range, halves as bands."""
    assert find_scale(scale) == guess_scale(labels)


@given(st.sampled_from(["swedish6", "swedish8", "cefr"]), st.data())
def test_any_labels_of_a_letter_scale_are_recognised(name: str, data: st.DataObject) -> None:
    """Whatever part of the scale was given, and in whichever order: no grade is added that nobody gave."""
    labels = data.draw(st.lists(st.sampled_from(SCALES[name].grades), min_size=1, max_size=99))
    within_six = name != "cefr" and set(labels) <= set(SCALES["swedish6"].grades)
    assert ("swedish6" if within_six else name) == guess_scale(labels).name


@given(st.lists(st.integers(0, 60), min_size=2, unique=True))
def test_whole_numbers_span_their_scale(numbers: list[int]) -> None:
    """The range runs from the lowest that was given to the highest."""
    scale = guess_scale([str(number) for number in numbers])
    assert (str(min(numbers)), str(max(numbers))) == (scale.grades[0], scale.grades[-1])


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["low", "high"], r"cannot tell the scale from the labels \(high, low\); name it: --scale"),
        ([f"w{number:02}" for number in range(20)], r"w11 …\)"),
        (["C"] * 19 + ["x"], "row 20: 'x' is not a grade of swedish6, as 19 of 20 labels are"),
        (["C+"] * 19 + ["x"], "row 20: 'x' is not a grade of swedish8, as 19 of 20 labels are"),
        (["C"] * 99 + ["C+"], r"row 100: 'C\+' is not a grade of swedish6, as 99 of 100 labels are"),
        (["C"] * 200 + ["C+", "x"], r"row 201: 'C\+' is not a grade of swedish6, as 200 of 202 labels are"),
        (["1", "", *["2"] * 12, "nan"], "row 15: 'nan' is not a number, as 13 of 14 labels are"),
        (["0", "700"], "cannot tell"),
        (["0.25", "1"], "cannot tell"),
        (["0.5", "30"], "cannot tell"),
        (["inf", "1"], "cannot tell"),
        (["words" * 100], "<500 characters>"),
        ([], "cannot tell"),
    ],
)
def test_labels_of_no_scale_are_refused(labels: list[str], said: str) -> None:
    """One stray label is shown with its row; else the labels are listed, never a whole essay."""
    with pytest.raises(InputError, match=said):
        guess_scale(labels)


def test_prompts_of_plainly_different_ranges_are_refused() -> None:
    """The message names both, and how to train on one."""
    n = FEWEST_FOR_RANGE
    with pytest.raises(InputError, match=r"prompt 'a' goes to 3, 'b' to 60.*--prompt 'a'"):
        refuse_mixed_ranges(["3"] * n + ["60"] * n, ["a"] * n + ["b"] * n)


@pytest.mark.parametrize(
    ("low", "high", "n"), [("3", "6", FEWEST_FOR_RANGE), ("3", "60", FEWEST_FOR_RANGE - 1), ("A", "F", 50)]
)
def test_prompts_that_may_share_a_range_pass(low: str, high: str, n: int) -> None:
    """Half the range is near enough, a few essays tell nothing, and letters have no range."""
    refuse_mixed_ranges([low] * n + [high] * 50, ["a"] * n + ["b"] * 50)
    refuse_mixed_ranges([low] * 10, [str(number) for number in range(10)])


def test_every_label_is_a_class() -> None:
    """Classes stand in the order of their names; what is empty, and what is no name, is none."""
    scale = guess_classes(["refund", " greeting ", "", "refund", "10", "two\nlines", "x" * 201])
    assert (("10", "greeting", "refund"), False) == (scale.grades, scale.ordered)


@pytest.mark.parametrize("labels", [["one"], [str(n) for n in range(1001)]], ids=["one", "too many"])
def test_labels_that_can_hardly_be_classes_are_refused(labels: list[str]) -> None:
    """The message says which column to name."""
    with pytest.raises(InputError, match="--label-column NAME"):
        guess_classes(labels)


@pytest.mark.parametrize("name", ["intent", "category", "class"])
def test_columns_of_classes_have_usual_names(name: str) -> None:
    """They need not be named."""
    assert name == guess_columns(("text", name), ColumnsPlan()).label


def test_labels_that_can_name_no_class_are_left_to_their_rows() -> None:
    """A row with a line break in its label is a bad row; where hardly another is left, that is said."""
    assert ("card", "refund") == guess_classes(["card", "re\nfund", "refund"]).grades
    with pytest.raises(InputError, match="holds a line break .* --label-column"):
        guess_classes(["card", "re\nfund"])
