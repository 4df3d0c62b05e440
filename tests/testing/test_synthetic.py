"""Synthetic essays: seeded, graded, different from each other, and better when they are graded better."""

import hashlib
from collections import Counter
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.testing.phrasebook import phrase_book
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.testing.synthetic import (
    COLUMNS,
    GRADES,
    SyntheticEssay,
    generate_essays,
    generate_one,
    generate_with_truth,
    prompts,
    to_rows,
)


@pytest.fixture(scope="module")
def many() -> tuple[SyntheticEssay, ...]:
    """Enough essays for distributions."""
    return generate_with_truth(400, seed=3)


def test_every_grade_is_given_and_the_middle_most() -> None:
    """With 300 essays all eight grades are there, whatever the seed; the ends are rare."""
    for seed in range(5):
        counts = Counter(essay.label for essay in generate_essays(300, seed=seed))
        assert set(counts) == set(GRADES)
        assert max(counts, key=lambda grade: counts[grade]) in {"D", "D+", "C", "C+"}
        assert 3 <= counts["A"] <= 30
        assert 3 <= counts["F"] <= 32


def test_texts_differ_and_have_a_school_essays_length(many: tuple[SyntheticEssay, ...]) -> None:
    """No text twice; lengths from about 90 to about 650 words."""
    texts = [one.essay.text for one in many]
    lengths = [len(text.split()) for text in texts]
    assert len(set(texts)) == len(texts)
    assert min(lengths) >= 60
    assert max(lengths) <= 700
    assert 190 <= sorted(lengths)[200] <= 280


def test_texts_are_clean_outside_of_their_mistakes(many: tuple[SyntheticEssay, ...]) -> None:
    """No leftover syntax, no stray blanks, paragraphs apart by one empty line."""
    for one in many:
        text = one.essay.text
        assert text == text.strip()
        assert not set("[]{}|~") & set(text)
        assert "  " not in text
        assert " \n" not in text
        assert "\n " not in text
        assert "\n\n\n" not in text


def test_better_grades_have_better_texts(many: tuple[SyntheticEssay, ...]) -> None:
    """The grade follows the quality, and longer words follow the grade."""

    def mean_word_length(grades: set[str]) -> float:
        texts = [one.essay.text for one in many if one.essay.label in grades]
        return fmean(len(word) for text in texts for word in text.split())

    order = sorted(many, key=lambda one: one.quality)
    worst, best = ([GRADES.index(str(one.essay.label)) for one in part] for part in (order[:60], order[-60:]))
    assert fmean(worst) < 1.6
    assert fmean(best) > 5.2
    assert mean_word_length({"F", "E"}) + 0.2 < mean_word_length({"B", "A"})


def test_teachers_agree_in_part(many: tuple[SyntheticEssay, ...]) -> None:
    """Two teachers mostly differ by a step at most, and not always by none."""
    steps = [abs(GRADES.index(str(o.essay.label)) - GRADES.index(o.second_label)) for o in many]
    assert 0.2 < fmean(step == 0 for step in steps) < 0.5
    assert fmean(step <= 1 for step in steps) > 0.7


def test_teachers_without_noise_agree_and_texts_stay() -> None:
    """Noise changes grades only."""
    exact = generate_with_truth(80, seed=4, teacher_noise=0)
    noisy = generate_with_truth(80, seed=4, teacher_noise=2)
    assert all(one.essay.label == one.second_label for one in exact)
    assert [one.essay.text for one in exact] == [one.essay.text for one in noisy]
    assert [one.essay.label for one in exact] != [one.essay.label for one in noisy]


@given(n=st.integers(1, 12), more=st.integers(0, 5), seed=st.integers(-5, 2**70))
def test_the_first_essays_do_not_depend_on_how_many_follow(n: int, more: int, seed: int) -> None:
    """A larger set begins with the smaller one."""
    assert generate_essays(n, seed=seed) == generate_essays(n + more, seed=seed)[:n]


def test_another_seed_gives_other_essays() -> None:
    """Seeds and languages have no text in common."""
    assert generate_essays(1, seed=1)[0].text != generate_essays(1, seed=2)[0].text


def test_essays_are_the_same_everywhere() -> None:
    """Golden digest: the same bytes on every platform and Python; it changes with the phrases only."""
    text = "\n".join("\t".join(row) for row in to_rows(generate_essays(50, seed=2025))[1])
    assert hashlib.sha256(text.encode()).hexdigest() == GOLDEN_DIGEST


GOLDEN_DIGEST = "db9dfc90dfbcd8b1e5b30e5a69e77f88701a45daf8ccd16d400fb58b6bc32a1c"


@pytest.mark.parametrize("language", ["en", "sv"])
def test_circumstances_are_known(language: str) -> None:
    """Prompt with its task, a weekday of a school term with a time zone, school and year."""
    tasks = {topic.title: topic.task for topic in phrase_book(language).topics}
    essays = generate_essays(120, seed=6, language=language)
    assert {essay.prompt for essay in essays} == set(prompts(language))
    for essay in essays:
        assert essay.prompt_text == tasks[str(essay.prompt)]
        assert set(essay.groups) == {"school", "year"}
        assert essay.written_at is not None
        assert essay.written_at.utcoffset() is not None
        assert essay.written_at.weekday() < 5
        assert essay.written_at.month != 7
        assert 8 <= essay.written_at.hour < 15
    assert len({essay.id for essay in essays}) == 120


@given(quality=st.floats(0, 1), seed=st.integers(0, 99))
def test_one_essay_of_any_quality(quality: float, seed: int) -> None:
    """Every quality, the ends included, gives a text, the same for the same generator."""
    first, second = (generate_one(quality, prompt="Homework", rng=Random(seed)) for _ in range(2))
    assert first == second
    assert len(first.split()) > 50


def test_one_essay_in_swedish_is_swedish() -> None:
    """The language is the one that was asked for."""
    text = generate_one(0.9, prompt="Läxor", rng=Random(1), language="sv")
    assert {"och", "att", "är"} <= set(text.split())


@pytest.mark.parametrize("n", [0, -3])
def test_no_essays_are_refused(n: int) -> None:
    """Asking for none is a mistake."""
    with pytest.raises(InputError, match=f"cannot generate {n} essays"):
        generate_essays(n, seed=1)


@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf")])
def test_impossible_noise_is_refused(noise: float) -> None:
    """A standard deviation is a number from 0."""
    with pytest.raises(InputError, match="teacher noise"):
        generate_essays(1, seed=1, teacher_noise=noise)


@pytest.mark.parametrize("quality", [-0.01, 1.01, float("nan")])
def test_impossible_quality_is_refused(quality: float) -> None:
    """Quality is a share."""
    with pytest.raises(InputError, match="quality is"):
        generate_one(quality, prompt="Homework", rng=Random(1))


def test_unknown_language_is_refused() -> None:
    """The error says which languages there are."""
    with pytest.raises(InputError, match="there are: en, sv"):
        generate_essays(1, seed=1, language="de")


def test_rows_have_a_field_for_every_column() -> None:
    """A row is text throughout, and what is not known is empty."""
    essay = generate_essays(1, seed=1)[0]
    columns, rows = to_rows([essay, Essay(id="x", text="Some words.")])
    assert columns == COLUMNS
    assert rows[0][:4] == (essay.id, essay.text, essay.label, essay.prompt)
    assert rows[0][5].endswith("+00:00")
    assert rows[1] == ("x", "Some words.", "", "", "", "", "", "")


def test_samples_answer_a_known_task() -> None:
    """The two hand-written essays fit the English book and have a pupil's length."""
    topic = phrase_book("en").topic("Mobile phones in school")
    assert set(SAMPLE_TEXTS) == {"weak", "good"}
    for sample in SAMPLE_TEXTS.values():
        assert (sample.prompt, sample.prompt_text) == (topic.title, topic.task)
        assert 150 <= len(sample.text.split()) <= 280
