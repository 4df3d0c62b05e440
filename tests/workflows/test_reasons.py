"""Why an essay got its score: reasons add up, and say what was measured."""

import numpy as np
import pytest

from cv_trials import plain_services
from gradewise.features.constructs import construct_of
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import silent
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.reasons import Reason, strongest_reasons
from gradewise.workflows.score import bundle_matrix, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import train
from trials import WITH_WORDING, small_plan


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A small model that learns from wording too; its checker is the quick one."""
    directory = tmp_path_factory.mktemp("reasons")
    plan = small_plan(directory, features=WITH_WORDING, output=str(directory / "output"))
    return load_bundle(train(read_plan(plan), plain_services(checker=FakeLanguageChecker)).bundle)


def measured(bundle: Bundle, services: Services) -> FeatureMatrix:
    """Features of the sample texts."""
    texts = list(SAMPLE_TEXTS.values())
    return bundle_matrix(
        bundle, texts, services, checker=services.find_checker("harper", "en"), listener=silent
    )


def test_reasons_add_up_to_the_score(bundle: Bundle, services: Services) -> None:
    """All effects together are the score less what is expected before anything is known of the essay."""
    matrix = measured(bundle, services)
    scores = bundle.grader.predict(matrix.values).scores
    predictions = score_many(bundle, list(SAMPLE_TEXTS.values()), services, n_reasons=len(bundle.schema))
    for score, prediction in zip(scores, predictions, strict=True):
        total = sum(reason.effect for reason in prediction.reasons)
        assert total == pytest.approx(float(score) - bundle.explainer.expected_value, abs=1e-4)


def test_the_strongest_come_first_and_idle_features_never(bundle: Bundle) -> None:
    """By size of effect, at most as many as asked, none without effect, beside the training average."""
    n = len(bundle.schema)
    contributions, values = np.zeros(n), np.arange(n, dtype=np.float32)
    contributions[:3] = 0.1, -0.5, 0.2
    averages = dict.fromkeys(bundle.schema.names, 7.0)
    names = bundle.schema.names
    found = strongest_reasons(contributions, values, bundle.schema, averages)
    assert [names[1], names[2], names[0]] == [reason.feature for reason in found]
    assert (1.0, 7.0, -0.5) == (found[0].value, found[0].average, found[0].effect)
    assert construct_of(bundle.schema.specs[1]) == found[0].construct
    assert 2 == len(strongest_reasons(contributions, values, bundle.schema, averages, limit=2))


@pytest.mark.parametrize(("effect", "word"), [(0.25, "raises"), (-0.25, "lowers")])
def test_a_reason_reads_as_a_phrase(effect: float, word: str) -> None:
    """Name, value, what is average, and which way it moved the score."""
    reason = Reason("word_count", "length", 250.0, 300.0, effect)
    assert f"word count: 250 (average 300) {word} the score by 0.25" == reason.sentence
