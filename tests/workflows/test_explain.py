"""Explaining one essay: effects add up, findings are where the checker saw them, limits are told."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.bootstrap import find_checker
from gradewise.errors import BundleError, InputError
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import LanguageChecker
from gradewise.reporting.explanation import Explanation
from gradewise.reporting.explanation_page import render_explanation
from gradewise.reporting.explanation_record import explanation_record
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows import explain
from gradewise.workflows.explain import explain_essay
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.score import Scorer
from gradewise.workflows.services import Services
from gradewise.workflows.train import train
from trials import Trained, small_plan

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def checker() -> LanguageChecker:
    """The checker of the trained model."""
    make_checker = find_checker("harper", "en")
    assert make_checker is not None
    return make_checker()


@pytest.fixture(scope="module")
def bundle(trained: Trained) -> Bundle:
    """A small model with errors and wording."""
    return load_bundle(trained.bundle)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A small model that looks for no errors and weighs no words, but knows the task."""
    directory = tmp_path_factory.mktemp("bare")
    plan = small_plan(
        directory,
        features={"groups": ["length", "prompt"], "text_learners": []},
        model={"booster": {"rounds": 5}},
        output=str(directory / "output"),
    )
    services = Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: NOW,
        versions={"gradewise": "0"},
    )
    return load_bundle(train(read_plan(plan), services).bundle)


Explain = Callable[..., Explanation]


@pytest.fixture
def explained(bundle: Bundle, checker: LanguageChecker) -> Explain:
    """Explain an essay with the model and its checker, or with another model without one."""

    def explain_one(essay: Essay = SAMPLE_TEXTS["weak"], *, by: Bundle | None = None) -> Explanation:
        return explain_essay(by or bundle, essay, None if by else checker, explained_at=NOW)

    return explain_one


def test_parts_lead_from_the_average_to_the_score(bundle: Bundle, explained: Explain) -> None:
    """Start, parts and score add up, in full and as shown; the start is the same for every essay."""
    one, other = (explained(SAMPLE_TEXTS[name]) for name in ("weak", "good"))
    for explanation in (one, other):
        effects = [part.effect for part in explanation.parts]
        assert explanation.score == pytest.approx(explanation.start + sum(effects), abs=1e-9)
        assert bundle.explainer.expected_value == pytest.approx(explanation.start, abs=1e-5)
        for part in explanation.parts:
            assert part.effect == pytest.approx(sum(feature.effect for feature in part.features))
        assert round(explanation.score, 2) == pytest.approx(
            round(explanation.start, 2) + sum(explanation.shown_effects)
        )
        assert effects == sorted(effects, key=abs, reverse=True)
    assert one.text_sha256 != other.text_sha256


def test_the_grade_is_the_one_that_scoring_gives(
    bundle: Bundle, checker: LanguageChecker, explained: Explain
) -> None:
    """Explaining grades as scoring does, and the likely grades hold the grade."""
    essay = SAMPLE_TEXTS["good"]
    scored = Scorer(bundle, checker).score(essay)
    explanation = explained(essay)
    assert (scored.grade, scored.score, scored.confidence) == (
        explanation.grade,
        explanation.score,
        explanation.confidence,
    )
    grades = list(explanation.probabilities)
    low, given, high = (
        grades.index(grade) for grade in (explanation.likely.low, explanation.grade, explanation.likely.high)
    )
    assert low <= given <= high
    assert sum(list(explanation.probabilities.values())[low : high + 1]) == pytest.approx(
        explanation.likely.probability
    )
    assert explanation.likely.probability >= 0.8


def test_strongest_features_match_the_reasons_of_scoring(
    bundle: Bundle, checker: LanguageChecker, explained: Explain
) -> None:
    """Value, average and effect of a feature are those that scoring gives as reasons."""
    essay = SAMPLE_TEXTS["weak"]
    reasons = Scorer(bundle, checker).score(essay, n_reasons=50).reasons
    features = {
        feature.name: (part.construct, feature)
        for part in explained(essay).parts
        for feature in part.features
    }
    assert reasons
    for reason in reasons:
        construct, feature = features[reason.feature]
        assert (construct, reason.value, reason.average, reason.effect) == (
            reason.construct,
            feature.value,
            feature.average,
            feature.effect,
        )


def test_findings_are_those_of_the_checker(explained: Explain, checker: LanguageChecker) -> None:
    """Spans are of the text that was graded, emoji and paragraphs before them or not, with corrections."""
    text = "👍 i recieve the letters.\n\nIt was fun \U0001f469\U0001f3fd becuase i like them."
    explanation = explained(Essay(id="emoji", text=text))
    assert checker.with_suggestions(checker.check(text), text) == explanation.findings
    assert "receive" in {finding.suggestion for finding in explanation.findings or ()}
    found = {text[finding.start : finding.end] for finding in explanation.findings or ()}
    assert {"i", "recieve", "becuase"} <= found


def test_words_that_speak_for_a_grade_stand_in_the_text(explained: Explain) -> None:
    """They are words of the essay, no word named twice, on both sides."""
    explanation = explained(SAMPLE_TEXTS["good"])
    assert explanation.terms is not None
    text = explanation.text.replace("\n\n", " ")
    for terms in (explanation.terms.raising, explanation.terms.lowering):
        assert 0 < len(terms) <= 6
        words = [word for term in terms for word in term.lower().split()]
        assert len(words) == len(set(words))
        assert all(term in text for term in terms)
    assert not set(explanation.terms.raising) & set(explanation.terms.lowering)


def test_words_are_whole_and_neighbours_close() -> None:
    """A learner sees three tokens in "you're", a teacher one word; a full stop stands between neighbours."""
    expected = {"You're", "in", "a", "city", "Then", "You're in", "in a", "a city"}
    assert expected == set(explain._word_terms("You’re in\na  city. Then 7"))


def test_what_a_model_does_not_look_at_is_said(bare: Bundle, explained: Explain) -> None:
    """No checker, no words: nothing is marked, and no part is made up; with the task its limits differ."""
    explanation = explained(by=bare)
    assert (None, None) == (explanation.findings, explanation.terms)
    assert {"length", "answer to the task"} == {part.construct for part in explanation.parts}
    assert any("compares the words of the two" in limit for limit in explanation.limits)


def test_a_model_without_tasks_says_so(explained: Explain) -> None:
    """Whether the task was answered is beyond it."""
    assert any("was not given the task" in limit for limit in explained().limits)


def test_the_model_is_named_so_that_it_can_be_found_again(bundle: Bundle, explained: Explain) -> None:
    """Version, digest, fingerprint, and when."""
    explanation = explained()
    assert (bundle.metadata.version, bundle.digest, bundle.schema.fingerprint, NOW) == (
        explanation.model.version,
        explanation.model.digest,
        explanation.model.feature_fingerprint,
        explanation.explained_at,
    )


def test_real_explanations_can_be_shown(bare: Bundle, explained: Explain) -> None:
    """Page and record are made of whatever a model explains."""
    for explanation in (explained(), explained(by=bare)):
        assert f'<b class="given">{explanation.grade}</b>' in render_explanation(explanation)
        assert explanation.grade == explanation_record(explanation)["grade"]


def test_what_cannot_be_graded_cannot_be_explained(bundle: Bundle, bare: Bundle, explained: Explain) -> None:
    """Another checker, a text without words, or a task that is missing: refused as in scoring."""
    with pytest.raises(BundleError, match="was trained with checker"):
        explain_essay(bundle, SAMPLE_TEXTS["weak"], None, explained_at=NOW)
    with pytest.raises(InputError, match="has no words"):
        explained(Essay(id="none", text="…"))
    with pytest.raises(InputError, match="their task, which is missing"):
        explained(Essay(id="no task", text="Some words."), by=bare)
