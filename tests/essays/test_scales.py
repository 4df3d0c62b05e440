"""Scales by name, range and list, and lenient spelling."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.prompt_scales import ASAP, PromptScales, find_scales
from gradewise.essays.scales import LONGEST_LABEL, SCALES, Scale, class_scale, find_scale, label_fault


@pytest.mark.parametrize(
    ("spec", "grades"),
    [
        ("swedish8", "F E D D+ C C+ B A"),
        (" Swedish8 ", "F E D D+ C C+ B A"),
        ("eng5", "F+ E- E+ D- D+ C- C+ B A"),
        ("eng5_national", "1 2 3 4 5 6 7 8 9"),
        ("cefr", "A1 A2 B1 B2 C1 C2"),
        ("ellipse", "1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0"),
        ("2-5", "2 3 4 5"),
        ("-1–1", "-1 0 1"),
        ([1, 1.5, " 2 "], "1 1.5 2"),
        (["IG", "G", "VG"], "IG G VG"),
    ],
)
def test_a_plan_names_a_scale(spec: str | list[str | float], grades: str) -> None:
    """Names, ranges and lists give their grades, lowest first."""
    assert find_scale(spec).grades == tuple(grades.split())


def test_ielts_has_nineteen_half_bands() -> None:
    """IELTS goes from 0 to 9 by half."""
    assert (
        SCALES["ielts"].n_grades,
        SCALES["ielts"].grades[0],
        SCALES["ielts"].grades[-1],
    ) == (19, "0.0", "9.0")


def test_numeric_scales_have_values_and_others_none() -> None:
    """A grade's number is known where every grade is one."""
    assert find_scale([1, 1.5, 2]).values == (1.0, 1.5, 2.0)
    assert find_scale(["1", "2", "absent"]).values is None


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("swedish9", "did you mean 'swedish8'"),
        ("5-5", "no use"),
        ("0-5000", "no use"),
        ([], "has 0 grades"),
        (["A"], "has 1 grades"),
        (["A", "B", "A"], "'A' twice"),
        (["3", "3.0"], "'3.0' twice"),
        (["A", " "], "empty grade"),
        ([True, "B"], "put the grade in quotes"),
        ([1.0, float("nan")], "must be finite"),
        ([None, "B"], "None is not a grade"),
    ],
)
def test_what_is_no_scale_is_refused(spec: str | list[str | float], message: str) -> None:
    """A misspelled name, an empty range and an ambiguous list each get their own line."""
    with pytest.raises(InputError, match=message):
        find_scale(spec)


@pytest.mark.parametrize(
    ("scale", "label", "grade"),
    [
        ("swedish8", " d+ ", "D+"),
        ("cefr", "b2", "B2"),
        ("ellipse", "3", "3.0"),
        ("ellipse", "3,50", "3.5"),
        ("0-60", "07.0", "7"),
        ("0-3", "-0", "0"),
    ],
)
def test_spelling_is_forgiven(scale: str, label: str, grade: str) -> None:
    """Space, case and the spelling of a number do not matter."""
    assert find_scale(scale).canonical(label) == grade


@pytest.mark.parametrize(
    ("grades", "label"),
    [
        (("a", "A", "b"), "á"),
        (("1", "2"), "1.5"),
        (("1", "2"), "nan"),
        (("1", "2"), "1_0"),
        (("1", "two"), "1.0"),
        (("Ja", "jA", "n"), "JA"),
        (("A", "B"), ""),
    ],
)
def test_an_unknown_label_is_refused_with_the_grades(grades: tuple[str, ...], label: str) -> None:
    """What is no grade, or could be several, is refused, and the grades are listed."""
    with pytest.raises(InputError, match=f"not a grade of scale own .*{grades[1]}"):
        Scale("own", grades).canonical(label)


def test_case_tells_grades_apart_where_it_must() -> None:
    """Two grades that differ in case only keep their own spellings."""
    assert Scale("own", ("a", "A")).codes(["a", " A "]).tolist() == [0, 1]


def test_an_error_never_holds_a_long_label() -> None:
    """A wrong column does not spill an essay into a message, nor a long scale its grades."""
    with pytest.raises(InputError, match=r"<5,000 characters>.*\(0 1 2 … 59 60\)"):
        find_scale("0-60").code("word " * 1000)


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=2, max_size=12, unique_by=str.strip))
def test_every_grade_is_its_own_canonical_spelling(grades: list[str]) -> None:
    """Whatever the list, each grade has its position as code."""
    try:
        scale = Scale("own", tuple(grades))
    except InputError:
        return  # one number in two spellings
    assert list(range(len(grades))) == scale.codes(grades).tolist()
    assert pickle.loads(pickle.dumps(scale)) == scale  # noqa: S301 - own bytes: scales cross processes


def test_asap_prompts_have_their_ranges() -> None:
    """The eight prompts have the published score ranges."""
    assert [ASAP.for_prompt(str(prompt)).name for prompt in range(1, 9)] == [
        "2-12",
        "1-6",
        "0-3",
        "0-3",
        "0-4",
        "0-4",
        "0-30",
        "0-60",
    ]


def test_prompts_on_one_scale_may_be_pooled_and_others_not() -> None:
    """Pooling is refused, with the reason, where ranges differ."""
    assert ASAP.single_scale(["3", "4", "3"]).name == "0-3"
    with pytest.raises(InputError, match=r"2 different scales \(2-12, 1-6\) cannot be pooled.*choose one"):
        ASAP.single_scale(["1", "2"])
    with pytest.raises(InputError, match="choose a prompt"):
        ASAP.single_scale([])
    with pytest.raises(InputError, match="prompt '9' has no scale"):
        ASAP.single_scale(["9"])


def test_lists_of_one_name_and_different_grades_are_different_scales() -> None:
    """Custom lists are told apart by their grades, not by their name."""
    scales = PromptScales({"a": find_scale(["1", "2"]), "b": find_scale(["1", "2", "3"])})
    with pytest.raises(InputError, match="2 different scales"):
        scales.single_scale(["a", "b"])


def test_a_plan_may_give_each_prompt_its_scale() -> None:
    """A mapping, or the name of a known set, gives scales by prompt; the rest is one scale."""
    assert find_scales("ASAP") is ASAP
    assert find_scales("cefr") == SCALES["cefr"]
    scales = find_scales({"1": "2-12", "2": ["G", "VG"]})
    assert isinstance(scales, PromptScales)
    assert scales.for_prompt("2").grades == ("G", "VG")


@pytest.mark.parametrize("label", ["a\nb", "a\rb", "a\u2028b", "\x1b[31m", "\0", "a\tb", "\ud800", "x" * 201])
def test_what_is_no_label_names_no_class(label: str) -> None:
    """Bundles and logs hold a label on one line, and a text is none."""
    assert label_fault(label) is not None
    with pytest.raises(InputError, match="the label"):
        class_scale((label, "other"))


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=LONGEST_LABEL))
def test_any_line_of_letters_and_signs_is_a_label(label: str) -> None:
    """Emoji, quotes, markup and other scripts are."""
    assert None is label_fault(label)
