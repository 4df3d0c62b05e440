"""What drift looks at of answers: by model, each text once, now and before."""

from datetime import timedelta
from math import isnan

import pytest

from gradewise.scores.seen_answers import SeenModels, seen_answer
from gradewise.testing.score_logs import NOON, made_up_digest, made_up_draft

SINCE = NOON + timedelta(minutes=10)
SAID = '{"confidence":0.75,"released":true,"advisories":[{"code":"too_long"},{"code":"off_topic"}]}'
OTHER = made_up_digest("another model")


def test_what_went_with_an_answer_is_seen() -> None:
    """How sure it was, the most urgent advisory, and whether it was let out."""
    seen = seen_answer(made_up_draft(1, prediction=SAID))
    assert seen is not None
    assert ("C", 0.75, "too_long", "yes") == (seen.grade, seen.confidence, seen.advisory, seen.released)


def test_what_an_answer_does_not_say_is_not_made_up() -> None:
    """An answer of an older version has no confidence and no advisory."""
    seen = seen_answer(made_up_draft(1, prediction="{}"))
    assert seen is not None
    assert ("none", "no") == (seen.advisory, seen.released)
    assert isnan(seen.confidence)


@pytest.mark.parametrize(
    "harmed", ["nothing", "[]", '{"advisories":[{}]}', '{"confidence":"much"}'],
    ids=["no JSON", "a list", "no code", "no number"],
)  # fmt: skip
def test_a_harmed_answer_is_passed_over(harmed: str) -> None:
    """It cannot be read, and nothing is made of it."""
    assert seen_answer(made_up_draft(1, prediction=harmed)) is None


def test_answers_are_dealt_by_model_and_time() -> None:
    """Those of the window and of before; of a model that did not answer in the window nothing is held."""
    seen = SeenModels(since=SINCE)
    silent = made_up_digest("silent")
    seen.take(
        [
            made_up_draft(12, prediction=SAID),
            made_up_draft(11, prediction=SAID, model_digest=OTHER),
            made_up_draft(3, prediction=SAID, model_digest=silent),
            made_up_draft(2, prediction=SAID),
        ]
    )
    champion, other = seen.found
    assert ((1, 1, 1), (1, 0, 1)) == tuple(
        (len(each.now), len(each.before), each.n_answers) for each in (champion, other)
    )
    assert OTHER == other.digest


def test_each_text_counts_once() -> None:
    """Asked again, the newest answer counts, and the others are counted as answers alone."""
    seen = SeenModels(since=SINCE)
    text = made_up_digest("a text")
    seen.take(made_up_draft(at, text_sha256=text, prediction=SAID) for at in (14, 13, 12, 5))
    (model,) = seen.found
    assert (1, 0, 3) == (len(model.now), len(model.before), model.n_answers)
    assert made_up_draft(14).made_at == model.now[0].made_at


def test_models_of_one_name_alone() -> None:
    """Others are passed over, and no more is held than was said."""
    seen = SeenModels(since=SINCE, name="essays", most=2)
    seen.take(made_up_draft(at, prediction=SAID) for at in (15, 14, 13))
    seen.take([made_up_draft(12, model_name="intents", model_digest=OTHER)])
    (model,) = seen.found
    assert (2, 3) == (len(model.now), model.n_answers)
