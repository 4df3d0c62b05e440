"""The grade that is given need not be the most probable one: where it is not, that is said."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.records import Essay
from gradewise.reporting.likelier import likelier_sentence, likeliest_other
from gradewise.serving.http.answers import ScoredBody
from gradewise.testing.grading_models import MadeUpModel
from gradewise.workflows.scoring.requests import Scored

shares = st.lists(st.floats(0, 1), min_size=2, max_size=6).map(
    lambda each: dict(zip("FEDCBA", each, strict=False))
)


@given(probabilities=shares, data=st.data())
def test_another_grade_is_named_only_where_it_is_more_probable(
    probabilities: dict[str, float], data: st.DataObject
) -> None:
    """Then it is the most probable of all, and the sentence names both."""
    grade = data.draw(st.sampled_from(sorted(probabilities)))
    other, sentence = likeliest_other(grade, probabilities), likelier_sentence(grade, probabilities)
    if other is None:
        assert max(probabilities.values()) == probabilities[grade]
        assert "" == sentence
    else:
        assert max(probabilities.values()) == probabilities[other] > probabilities[grade]
        assert sentence == "" or sentence.startswith(f"{other} alone is more probable")


def test_of_an_answer_that_names_no_probabilities_nothing_is_said() -> None:
    """As of records that somebody has harmed."""
    assert "" == likelier_sentence("B", {})
    assert likelier_sentence("B", {"A": 0.7}).startswith("A alone is more probable")


@pytest.mark.parametrize("given_grade", ["likeliest", "other"])
def test_an_answer_over_http_names_the_likeliest_grade_where_another_is_given(given_grade: str) -> None:
    """And has no such field elsewhere."""
    model, essay = MadeUpModel(), Essay(id="e", text="word " * 12)
    (said,) = model.grade(("e",), model.read((essay,)))
    likeliest = said.grade
    if given_grade == "other":
        said = replace(said, grade=next(each for each in said.probabilities if each != likeliest))
    scored = Scored(
        score_id="0" * 32, prediction=said, model=model.identity, arm="champion", route="review", cached=False
    )
    body = msgspec.json.decode(msgspec.json.encode(ScoredBody.of_scored(scored)))
    assert body.get("likeliest") == (None if given_grade == "likeliest" else likeliest)
