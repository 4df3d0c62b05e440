"""Text models on the command line: trained with, graded with, asked for when they are not named."""

from pathlib import Path
from typing import NamedTuple

import pytest

from gradewise import bootstrap
from gradewise.cli.main import run
from gradewise.cli.rendering import prediction_panel
from gradewise.cli.terminal import out
from gradewise.errors import BundleError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.settings import Settings
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.score import score_many
from text_models import WIDTH, config, onnx_model, table, text_model
from trials import Command, essay_rows, only_run, read_json, small_plan, write_csv

ESSAY = SAMPLE_TEXTS["good"]


class Made(NamedTuple):
    """What the tests of this file share."""

    bundle: Path
    """A model that needs the text model."""
    text_model: Path
    """That text model."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cache_directory: Path) -> Made:
    """Trained by the command, with options."""
    directory = tmp_path_factory.mktemp("text models")
    model = text_model(directory / "tiny")
    features = {
        "groups": ["length"],
        "text_learners": [],
        "embedder": {"model": "no", "max_tokens": 32, "overlap": 4},
    }
    plan = small_plan(directory, essay_rows(90), features=features, model={"booster": {"rounds": 10}})
    options = ["--feature-set", "combined", "--embedding-model", str(model), "--embedding-components", "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        assert 0 == run(["train", str(plan), *options, "--output", str(directory / "output"), "--quiet"])
    return Made(only_run(directory / "output") / "artifacts" / "bundle", model)


def test_a_training_says_how_to_grade_with_it(command: Command, made: Made) -> None:
    """The command for one essay holds the option; a model that cannot read so much is refused at once."""
    write_csv(Path("essays.csv"), essay_rows(60))
    options = ("train", "essays.csv", "--feature-set", "embeddings", "--quiet", "--embedding-model")
    refused = command(*options, made.text_model)
    assert (2, []) == (refused.code, list(Path().glob("output")))
    assert "reads 64 tokens at once, not 256" in refused.complaint
    outcome = command(*options, text_model(Path("long"), config=config(max_position_embeddings=512)))
    assert 0 == outcome.code
    assert "--embedding-model DIRECTORY" in outcome.out


def test_an_essay_is_graded_with_the_text_model(
    command: Command, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by an option or by the environment, the grade is the same."""
    essay = ("score", "--text", ESSAY.text, "--model", made.bundle, "--format", "jsonl")
    named = command(*essay, "--embedding-model", made.text_model)
    assert 0 == named.code
    monkeypatch.setenv("GRADEWISE_EMBEDDING_MODEL", str(made.text_model))
    assert named.out == command(*essay).out


@pytest.mark.parametrize("words", [("score",), ("explain",)], ids=" ".join)
def test_without_the_text_model_it_is_asked_for(command: Command, made: Made, words: tuple[str, ...]) -> None:
    """By name, with the option and the variable; nothing is written."""
    outcome = command(*words, "--text", ESSAY.text, "--model", made.bundle)
    assert 2 == outcome.code
    assert "needs text model 'tiny'" in outcome.complaint
    assert "--embedding-model, or in GRADEWISE_EMBEDDING_MODEL" in outcome.complaint
    assert not list(Path().iterdir())


def test_another_text_model_and_no_text_model_are_refused(command: Command, made: Made) -> None:
    """One whose numbers are others, and a directory without one."""
    other = text_model(Path("other"), model=onnx_model(table(1)))
    essay = ("score", "--text", ESSAY.text, "--model", made.bundle, "--embedding-model")
    assert "use the model of the training" in command(*essay, other).complaint
    assert "model.onnx cannot be read" in command(*essay, "nowhere").complaint


def test_every_command_that_grades_takes_the_text_model(command: Command, made: Made) -> None:
    """Explaining, evaluating and trying out, with the option."""
    write_csv(Path("essays.csv"), essay_rows(40))
    model = ("--model", made.bundle, "--embedding-model", made.text_model)
    explained = command("explain", "--text", ESSAY.text, *model, "--no-page")
    assert (0, True) == (explained.code, "what a text model sees" in " ".join(explained.out.split()))
    assert 0 == command("evaluate", "essays.csv", *model, "--quiet").code
    assert 0 == command("robustness", "essays.csv", *model, "--sample", "2", "--quiet").code


def test_a_reason_without_a_number_is_shown(made: Made, tmp_path: Path) -> None:
    """The panel of one essay has a line for what the text model sees, and dashes for numbers."""
    settings = Settings(tmp_path, 1, made.text_model)
    with bootstrap.services_from(settings) as services:
        prediction = next(score_many(load_bundle(made.bundle), [ESSAY], services, n_reasons=50))
    with out.capture() as shown:
        out.print(prediction_panel(prediction, title="essay"))
    assert "what a text model sees" in shown.get()
    assert "embedding_" not in shown.get()
    assert "embedding pc" not in shown.get()


def test_a_warm_scorer_reads_with_the_text_model(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named outright or by the environment; the grade is that of a file."""
    with bootstrap.services_from(Settings(tmp_path, 1, made.text_model)) as services:
        expected = next(score_many(load_bundle(made.bundle), [ESSAY], services)).score
    monkeypatch.setenv("GRADEWISE_CACHE_DIR", str(tmp_path / "none yet"))
    with bootstrap.load_scorer(made.bundle, embedding_model=made.text_model) as scorer:
        assert expected == scorer.score(ESSAY).score
    with pytest.raises(BundleError, match="needs text model 'tiny'"):
        bootstrap.load_scorer(made.bundle)
    monkeypatch.setenv("GRADEWISE_EMBEDDING_MODEL", str(made.text_model))
    with bootstrap.load_scorer(made.bundle) as scorer:
        assert expected == scorer.score(ESSAY).score


def test_a_text_model_is_opened_once(made: Made) -> None:
    """However many components a plan takes of it, and read otherwise it is another."""
    opened = bootstrap.embedder_opener(1)
    plan = EmbedderPlan(model=made.text_model, max_tokens=64)
    one = opened(plan)
    assert one is opened(plan.model_copy(update={"components": 3}))
    assert one is not opened(plan.model_copy(update={"overlap": 8}))
    assert WIDTH == one.dimensions


def test_contradictions_are_refused_before_anything_is_read(command: Command) -> None:
    """A set without its model, and kept with left-out features."""
    write_csv(Path("essays.csv"), essay_rows(40))
    refused = command("train", "essays.csv", "--feature-set", "combined")
    assert "set `combined` needs a text model" in refused.complaint
    assert "--embedding-model" in refused.complaint
    assert not Path("output").exists()


def test_the_saved_plan_finds_the_text_model(made: Made) -> None:
    """From where it lies; the bundle's record says the model's name."""
    assert "tiny" == read_json(made.bundle / "embedder.json")["name"]
