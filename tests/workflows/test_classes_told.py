"""Classes are told of texts: alone or together, by the library, the service's model, and the record."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.cli.grading.class_views import doubt
from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.verified import Bundle
from gradewise.scores.answers import read_answer, why_reviewed
from gradewise.serving.grpc.answers import scored_message
from gradewise.serving.http.answers import ScoredBody
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle, made_up_texts
from gradewise.testing.score_logs import made_up_draft
from gradewise.workflows.score import Prediction, Scorer
from gradewise.workflows.scoring.bundle_model import BundleModel
from gradewise.workflows.scoring.embedded import EmbeddedScorer
from gradewise.workflows.scoring.kept_readings import values_from_bytes, values_to_bytes
from gradewise.workflows.scoring.models import ModelIdentity, Reading
from gradewise.workflows.scoring.prediction_json import prediction_from_json, prediction_to_json
from gradewise.workflows.scoring.replay import RecordedModel
from gradewise.workflows.scoring.requests import Scored
from gradewise.workflows.scoring.tools import Tools

STRANGE = "zebra umbrella"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A model of classes that reads nothing but words."""
    return bundle_from_files(bundle_files(made_up_class_bundle()))


@pytest.fixture(scope="module")
def tools() -> Tools:
    """No checker, no text model: classes need none."""
    return Tools(lambda _name, _language: None, readers=1)


@pytest.fixture(scope="module")
def essays() -> tuple[Essay, ...]:
    """Texts of every class, one twice, and one of none."""
    texts, _ = made_up_texts(30, seed=5)
    return tuple(Essay(id=str(place), text=text) for place, text in enumerate((*texts, texts[0], STRANGE)))


@pytest.fixture(scope="module")
def alone(bundle: Bundle, essays: Sequence[Essay]) -> list[Prediction]:
    """What is said of each text by itself."""
    scorer = Scorer(bundle, None)
    return [scorer.score(essay) for essay in essays]


def answered(prediction: Prediction) -> Scored:
    """What a service answers."""
    return Scored(
        score_id="",
        prediction=prediction,
        model=ModelIdentity(name="intents", version="20260131_120000", digest="0" * 64),
        arm="champion",
        route="release",
        cached=False,
    )


def test_what_is_said_does_not_depend_on_company_bit_for_bit(
    bundle: Bundle, tools: Tools, essays: Sequence[Essay], alone: list[Prediction]
) -> None:
    """Read one by one, together, or from the cache: every number is the same."""
    model, names = BundleModel(bundle, tools, MemoryCache()), [essay.id for essay in essays]
    together = model.read(essays)
    assert tuple(alone) == model.grade(names, together)
    again = model.read(essays[:3])
    assert all(each.cached for each in again)
    assert tuple(alone[:3]) == model.grade(names[:3], again)
    assert alone[7:8] == list(model.grade(names[7:8], model.read(essays[7:8])))
    with EmbeddedScorer(model, readers=2, close=lambda: None) as scorer:
        assert tuple(alone) == scorer.score_many(essays)


def test_a_prediction_says_class_set_and_scope(alone: list[Prediction], essays: Sequence[Essay]) -> None:
    """A text that has no known word is no class's; nothing is said of traits, cuts, advisories or reasons."""
    _, codes = made_up_texts(30, seed=5)
    assert [CLASSES.grades[code] for code in codes.tolist()] == [each.grade for each in alone[:30]]
    strange = alone[-1]
    assert (False, False) == (strange.in_scope, strange.released)
    assert {0.25} == set(strange.probabilities.values())
    assert CLASSES.grades == strange.grade_set
    for each in alone:
        assert each.of_classes
        assert each.confidence == each.agreement == each.probabilities[each.grade]
        assert each.released == (each.confidence >= 0.6)
        assert ({}, {}, (), ()) == (each.traits, each.cuts, each.advisories, each.reasons)


def test_a_record_is_replayed_letter_by_letter(bundle: Bundle, tools: Tools, essays: Sequence[Essay]) -> None:
    """What is kept of an answer that was given among others gives the same answer alone."""
    model = BundleModel(bundle, tools, MemoryCache())
    readings = model.read(essays)
    for essay, reading, said in zip(
        essays, readings, model.grade([each.id for each in essays], readings), strict=True
    ):
        written = prediction_to_json(said)
        assert said == prediction_from_json(written)
        kept = Reading(values_from_bytes(values_to_bytes(reading.values)), ())
        (again,) = RecordedModel(bundle).grade((essay.id,), (kept,), n_reasons=3)
        assert written == prediction_to_json(again)


def test_a_person_is_told_why_to_look(alone: list[Prediction]) -> None:
    """The stored answer is of classes without order, and a low probability is the doubt."""
    draft = made_up_draft(0, prediction=prediction_to_json(alone[-1]), grade=alone[-1].grade, route="review")
    assert not read_answer(draft).scale.ordered
    assert "this class with probability 0.25: it may be none of the known ones" == why_reviewed(draft)


def test_the_label_of_texts_of_no_class_goes_with_every_answer(alone: list[Prediction]) -> None:
    """From the bundle to the stored answer and to clients; an answer of a model without one is as it was."""
    known = bundle_from_files(bundle_files(made_up_class_bundle(out_of_scope="oos")))
    said = Scorer(known, None).score(Essay(id="1", text=STRANGE))
    written = prediction_to_json(said)
    assert "oos" == said.out_of_scope == json.loads(written)["out_of_scope"]
    assert said == prediction_from_json(written)
    draft = made_up_draft(0, prediction=written, grade=said.grade, route="review")
    assert ("oos", (*CLASSES.grades[:2], "oos", *CLASSES.grades[2:])) == (
        read_answer(draft).no_class, read_answer(draft).decidable.grades,
    )  # fmt: skip
    assert "may belong to none of its classes (oos)" in doubt(said)
    body = ScoredBody.of_scored(answered(said))
    assert ("oos", "oos") == (body.out_of_scope, scored_message(answered(said)).out_of_scope)
    assert "out_of_scope" not in json.loads(prediction_to_json(alone[-1]))
    assert not scored_message(answered(alone[-1])).HasField("out_of_scope")


def test_numbers_that_must_come_with_a_text_are_asked_for(tools: Tools) -> None:
    """Also when many are read together; with them it is read, and they are in the key."""
    model = BundleModel(
        bundle_from_files(bundle_files(made_up_class_bundle(given=("urgency_score",)))), tools, MemoryCache()
    )
    texts = [Essay(id=str(number), text="hello", given={"urgency_score": number}) for number in (0.0, 1.0)]
    first, second = model.read(texts)
    assert [0.0, 1.0] == [first.values[0], second.values[0]]
    lacking = replace(texts[1], id="lacking", given={})
    with pytest.raises(InputError, match="'lacking' comes without 'urgency_score'"):
        model.read([replace(texts[0], text="hi"), lacking])


def test_by_grpc_it_is_said_whether_the_class_is_known(alone: list[Prediction]) -> None:
    """True, false, or nothing at all of a grade."""

    def said(prediction: Prediction) -> bool | None:
        message = scored_message(answered(prediction))
        return message.in_scope if message.HasField("in_scope") else None

    grade = replace(alone[0], in_scope=None)
    assert [True, False, None] == [said(each) for each in (alone[0], alone[-1], grade)]
