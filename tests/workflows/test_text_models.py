"""Models with a text model: trained, shipped, used with the right one alone, explained in words."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import BundleError
from gradewise.essays.records import Essay
from gradewise.features.constructs import EMBEDDING_CONSTRUCT
from gradewise.features.embeddings import handcrafted_schema
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.embedding_files import EMBEDDING_FILES
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import Embedder
from gradewise.reporting.explanation_page import render_explanation
from gradewise.reporting.explanation_record import explanation_record
from gradewise.reporting.report import LOCKED_TEST
from gradewise.telemetry import silent
from gradewise.testing.fakes import FakeEmbedder
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows.evaluate import evaluate_bundle
from gradewise.workflows.explain import explain_essay
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.reasons import TEXT_MODEL
from gradewise.workflows.robustness import probe_bundle
from gradewise.workflows.score import Scorer, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train
from gradewise.workflows.trial_essays import essays_of_file
from trials import essay_rows, small_plan, write_csv

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OWN = 120
NAMELESS = re.compile(r"embedding_(pc_)?\d")
ESSAYS = list(SAMPLE_TEXTS.values())


def opened(plan: EmbedderPlan) -> Embedder:
    """A text model whose name is that of its directory."""
    return FakeEmbedder(name=f"{plan.model.name} {plan.max_tokens} {plan.overlap}")


def new_services(model: str | None = "small") -> Services:
    """No checker; text models by name."""
    return Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: NOW,
        versions={"gradewise": "0"},
        open_embedder=opened,
        embedding_model=None if model is None else Path("elsewhere") / model,
    )


def train_in(directory: Path, **features: object) -> TrainedRun:
    """A model with a text model's columns, and with what other essays teach."""
    rows = essay_rows(OWN + 60)
    marked = [{"text": row["text"], "depth": str(number % 5)} for number, row in enumerate(rows[OWN:])]
    write_csv(directory / "marks.csv", marked)
    plan = small_plan(
        directory,
        rows[:OWN],
        data={"auxiliary": [{"name": "marks", "file": "marks.csv", "targets": ["depth"]}]},
        features={"groups": ["length"], "text_learners": ["words"], **features},
        model={"booster": {"rounds": 20}},
        output=str(directory / "output"),
    )
    return train(read_plan(plan), new_services(None))


@pytest.fixture(scope="module")
def combined(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """Handcrafted features, components, wording, and what other essays teach."""
    return train_in(
        tmp_path_factory.mktemp("combined"),
        set="combined",
        embedder={"model": "small", "max_tokens": 64, "overlap": 8, "components": 4},
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """Every dimension of a text model, and wording."""
    return train_in(tmp_path_factory.mktemp("alone"), set="embeddings", embedder={"model": "small"})


@pytest.fixture(scope="module", params=["combined", "alone"])
def run(request: pytest.FixtureRequest) -> TrainedRun:
    """Either."""
    trained: TrainedRun = request.getfixturevalue(request.param)
    return trained


def scorer(bundle: Bundle) -> Scorer:
    """With the text model of the training."""
    return Scorer(bundle, None, embedder=bundle_embedder(bundle, new_services()))


def test_the_bundle_names_its_text_model(combined: TrainedRun, alone: TrainedRun) -> None:
    """Name, fingerprint, how it reads; axes only where there are components."""
    few, every = load_bundle(combined.bundle).embedding, load_bundle(alone.bundle).embedding
    assert few is not None
    assert every is not None
    expected = ("small", "small 64 8 8 1000", 8, 64, 8)
    record = few.record
    assert expected == (
        record.name, record.fingerprint, record.dimensions, record.max_tokens, record.overlap,
    )  # fmt: skip
    assert (4, None) == (few.projection and few.projection.n_components, every.projection)
    present = [{each.name for each in run.bundle.iterdir()} & EMBEDDING_FILES for run in (combined, alone)]
    assert [EMBEDDING_FILES, {"embedder.json"}] == present


def test_the_bundle_grades_the_locked_test_as_the_report_says(run: TrainedRun) -> None:
    """What was evaluated is what ships, for many essays and for one."""
    bundle = load_bundle(run.bundle)
    graded = next(each.graded for each in run.report.evaluations if each.name == LOCKED_TEST)
    by_id = {row["id"]: row for row in essay_rows(OWN)}
    essays = [replace(run.example, id=each, text=by_id[each]["text"]) for each in graded.essay_ids]
    found = list(score_many(bundle, essays, new_services()))
    np.testing.assert_array_equal(graded.scores, [each.score for each in found])
    probabilities = [list(each.probabilities.values()) for each in found]
    np.testing.assert_array_equal(graded.probabilities, probabilities)
    assert found[0].score == scorer(bundle).score(essays[0]).score


def test_without_the_text_model_nothing_is_graded(run: TrainedRun) -> None:
    """The message says which one is needed and how to name it."""
    bundle = load_bundle(run.bundle)
    needed = r"needs text model 'small' \(small .*name its directory with --embedding-model"
    with pytest.raises(BundleError, match=needed):
        next(score_many(bundle, ESSAYS, new_services(None)))
    with pytest.raises(BundleError, match=needed):
        Scorer(bundle, None)


def test_another_text_model_is_refused(run: TrainedRun) -> None:
    """Whatever its vectors look like."""
    with pytest.raises(BundleError, match="needs text model 'small' .*, this one is 'large"):
        next(score_many(load_bundle(run.bundle), ESSAYS, new_services("large")))


def test_reasons_take_a_text_model_as_one(run: TrainedRun) -> None:
    """Effects add up; no dimension is named; the one reason reads as a phrase without a number."""
    bundle = load_bundle(run.bundle)
    prediction = scorer(bundle).score(ESSAYS[0], n_reasons=1_000)
    effects = sum(reason.effect for reason in prediction.reasons)
    assert prediction.score == pytest.approx(bundle.explainer.expected_value + effects, abs=1e-4)
    assert not any(NAMELESS.search(f"{reason.feature} {reason.sentence}") for reason in prediction.reasons)
    (seen,) = (reason for reason in prediction.reasons if reason.feature == TEXT_MODEL)
    assert (None, None, EMBEDDING_CONSTRUCT) == (seen.value, seen.average, seen.construct)
    assert re.fullmatch(r"what a text model sees (raises|lowers) the score by \d\.\d\d", seen.sentence)


def test_an_explanation_names_no_dimension(run: TrainedRun) -> None:
    """Parts lead from the average to the score; page and record hold one part for the text model."""
    bundle = load_bundle(run.bundle)
    embedder = bundle_embedder(bundle, new_services())
    found = explain_essay(bundle, ESSAYS[0], None, embedder=embedder, explained_at=NOW)
    assert found.score == pytest.approx(found.start + sum(part.effect for part in found.parts))
    (seen,) = (part for part in found.parts if part.construct == EMBEDDING_CONSTRUCT)
    assert () == seen.features
    for shown in (render_explanation(found), json.dumps(explanation_record(found))):
        assert EMBEDDING_CONSTRUCT in shown
        assert not NAMELESS.search(shown)


def test_reports_name_no_dimension(run: TrainedRun) -> None:
    """The page, the text and the record of a training speak of the text model as a whole."""
    for path in sorted((run.directory / "reports").iterdir()):
        content = path.read_text(encoding="utf-8")
        assert not NAMELESS.search(content), path
        assert EMBEDDING_CONSTRUCT in content, path
    assert "embedder.json" in (run.bundle / "model_card.md").read_text(encoding="utf-8")


def test_advisories_look_at_handcrafted_features_alone(run: TrainedRun) -> None:
    """An odd number of a text model is told to nobody."""
    bundle = load_bundle(run.bundle)
    assert [name for name in bundle.schema.names if NAMELESS.search(name)]
    assert bool(handcrafted_schema(bundle.measured)) == bool(bundle.reference.ranges.names)
    assert not [name for name in bundle.reference.ranges.names if NAMELESS.search(name)]
    odd = Essay(id="odd", text=f"{ESSAYS[0].text} " * 30)
    told = scorer(bundle).score(odd).advisories
    assert not any(NAMELESS.search(advisory.message) for advisory in told)


def test_evaluation_and_trials_use_the_text_model(combined: TrainedRun, tmp_path: Path) -> None:
    """New essays are embedded too, and without the model nothing is begun."""
    bundle = load_bundle(combined.bundle)
    plan = read_plan(small_plan(tmp_path, essay_rows(60), output=str(tmp_path / "output")))
    evaluated = evaluate_bundle(bundle, plan, new_services())
    assert 60 == evaluated.report.evaluations[0].evaluation.n
    trial = essays_of_file(bundle, plan, new_services(), silent)
    probed = probe_bundle(bundle, trial, new_services(), sample=3)
    assert 3 == probed.evaluation.n
    before = set((tmp_path / "output").rglob("*"))
    with pytest.raises(BundleError, match="needs text model"):
        evaluate_bundle(bundle, plan, new_services(None))
    with pytest.raises(BundleError, match="needs text model"):
        probe_bundle(bundle, trial, new_services("large"), sample=3)
    assert before == set((tmp_path / "output").rglob("*"))


def test_a_model_without_one_asks_for_none(tmp_path: Path) -> None:
    """Its bundle holds no further file, and a text model that is named is not opened."""
    plan = small_plan(
        tmp_path, features={"groups": ["length"], "text_learners": []}, output=str(tmp_path / "output")
    )
    run = train(read_plan(plan), new_services(None))
    bundle = load_bundle(run.bundle)
    assert not {each.name for each in run.bundle.iterdir()} & EMBEDDING_FILES
    assert bundle.embedding is None
    assert bundle_embedder(bundle, new_services("large")) is None
    assert Scorer(bundle, None).score(ESSAYS[0]).grade in bundle.scale.grades
