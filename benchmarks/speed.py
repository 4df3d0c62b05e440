"""Speed: extraction, training, scoring, inference, start-up."""

import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.corpora import ellipse
from benchmarks.measurements import Measurement, seconds_of
from gradewise.bootstrap import load_scorer, services_from
from gradewise.cli.training.demonstration import write_generated
from gradewise.essays.intake import ColumnMap, take_in
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.catalogue import build_schema
from gradewise.features.schema import FeatureSchema, FeatureSpec
from gradewise.models.grader import Grader, fit_decoding
from gradewise.models.onnx.graph import build_onnx
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.score_models import Readings, RegressionScore
from gradewise.settings import Settings
from gradewise.testing.forests import random_forest
from gradewise.testing.synthetic import generate_essays
from gradewise.workflows.measuring.extract import extract_features
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.scoring.embedded import EmbeddedScorer
from gradewise.workflows.services import Services
from gradewise.workflows.train import train

WORKERS = 2


@contextmanager
def fresh_services() -> Iterator[Services]:
    """Services with an empty feature cache."""
    with (
        tempfile.TemporaryDirectory() as directory,
        services_from(Settings(cache_directory=Path(directory), workers=WORKERS)) as services,
    ):
        yield services


def real_texts(services: Services) -> list[Essay]:
    """ELLIPSE essays, train and test, when the machine has them; generated ones otherwise."""
    files = [file for part in ("train", "test") if (file := ellipse(part)) is not None]
    if not files:
        return [replace(essay, label=None) for essay in generate_essays(2000, seed=1)]
    columns = ColumnMap(text="full_text", id="text_id_kaggle")
    sources = [services.open_source(file) for file in files]
    return [
        essay
        for source in sources
        for essay in take_in(source.rows(), source.columns(), columns, None, location="ellipse").essays
    ]


def english_schema(services: Services) -> FeatureSchema:
    """The default features of English essays."""
    make_checker = services.find_checker("harper", "en")
    fingerprint = make_checker().fingerprint if make_checker else None
    return build_schema(
        language="en", has_findings=True, has_prompt_text=False, checker_fingerprint=fingerprint
    )


def extraction() -> list[Measurement]:
    """Essays a second from text to features, cold cache and workers started within the time."""
    with fresh_services() as services:
        essays = real_texts(services)
        words = float(np.mean([len(essay.text.split()) for essay in essays]))
        seconds = _extract(essays, services)
    return [
        Measurement(
            name="extraction of the default features, two cores",
            value=len(essays) / seconds,
            unit="essays/s",
            asked=80,
            better="higher",
            note=f"{len(essays)} essays of {words:.0f} words, cold cache, start of workers included",
        )
    ]


def _extract(essays: Sequence[Essay], services: Services) -> float:
    return seconds_of(
        lambda: extract_features(
            essays,
            schema=english_schema(services),
            checker=services.find_checker("harper", "en"),
            cache=services.cache,
            workers=services.workers,
        )
    )


def memory(sizes: Sequence[int] = (1000, 20000)) -> list[Measurement]:
    """Peak memory of extraction, each size in a process of its own."""
    peaks = {n: _in_child(_peak_of_extraction, n) for n in sizes}
    small, large = sizes[0], sizes[-1]
    return [
        *(
            Measurement(
                name=f"peak memory, {n} essays", value=peak, unit="MB", note="parent and largest worker"
            )
            for n, peak in peaks.items()
        ),
        Measurement(
            name=f"growth of memory from {small} to {large} essays",
            value=peaks[large] / peaks[small],
            unit="times",
            asked=1.25,
            note="texts and the feature matrix included",
        ),
    ]


def _in_child(work: "object", argument: int) -> float:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(argument, sender))  # type: ignore[arg-type]
    process.start()
    value = float(receiver.recv())
    process.join()
    return value


def _peak_of_extraction(n: int, sender: "multiprocessing.connection.Connection") -> None:
    with fresh_services() as services:
        _extract([replace(essay, label=None) for essay in generate_essays(n, seed=3)], services)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sender.send((own + worker) / 1024)


def training_and_scoring(n: int = 2000) -> list[Measurement]:
    """Training from cached features; then scoring one essay from text in this warm process."""
    with fresh_services() as services, tempfile.TemporaryDirectory() as directory:
        path = _write_essays(n, Path(directory))
        plan = make_plan({"data": {"train": path}, "output": directory}, location="benchmark")
        train(plan, services)
        seconds: dict[str, float] = {}
        started = time.perf_counter()
        run = train(plan, services)
        total = time.perf_counter() - started
        seconds = dict(run.report.timings)
        learning = sum(seconds[name] for name in ("wording", "training", "export and parity"))
        scoring = _scoring(run.bundle, services)
    return [
        Measurement(
            name=f"training, calibration and export from cached features, {n} essays",
            value=learning,
            unit="s",
            asked=20,
            note=f"text learners, folds, final model; whole run with evaluation and report {total:.1f} s",
        ),
        *scoring,
    ]


def _write_essays(n: int, directory: Path) -> Path:
    return write_generated(n, 11, directory / "essays.csv")


def _scoring(bundle_path: Path, services: Services) -> list[Measurement]:
    scorer = load_scorer(bundle_path)
    task = "Write about your opinion and give reasons."
    essays = [replace(essay, prompt_text=task) for essay in real_texts(services)[-330:]]
    for essay in essays[:30]:
        scorer.score(essay)
    times = [_milliseconds(scorer, essay) for essay in essays[30:]]
    return [
        Measurement(
            name="scoring one essay from text, warm process, p95",
            value=float(np.quantile(times, 0.95)),
            unit="ms",
            asked=40,
            note=f"{len(times)} essays never seen before, reasons included; median {np.median(times):.1f} ms",
        )
    ]


def _milliseconds(scorer: EmbeddedScorer, essay: Essay) -> float:
    return seconds_of(lambda: scorer.score(essay)) * 1000


def inference(n_features: int = 433, n_trees: int = 300) -> list[Measurement]:
    """The graph alone: trees, probabilities and grade from a row of features."""
    grader = made_up_grader(n_features, n_trees)
    session = OnnxGrader(build_onnx(grader))
    rows = np.random.default_rng(0).normal(size=(2000, n_features)).astype(np.float32)
    session.predict(rows)
    batch = seconds_of(lambda: session.predict(rows), repeat=9) / len(rows)
    single = seconds_of(lambda: [session.predict(rows[i : i + 1]) for i in range(500)], repeat=5) / 500
    name = f"inference, {n_features} features and {n_trees} trees"
    return [
        Measurement(
            name=f"{name}, in batches", value=batch * 1e6, unit="µs/row", asked=40, note="one thread"
        ),
        Measurement(
            name=f"{name}, row by row",
            value=single * 1e6,
            unit="µs/row",
            asked=None,
            note="one thread, call overhead included",
        ),
    ]


def made_up_grader(n_features: int, n_trees: int) -> Grader:
    """A grader of the right size on the Swedish scale."""
    rng = np.random.default_rng(0)
    forest = random_forest(rng, n_trees=n_trees, n_features=n_features, max_depth=4)
    scale = Scale("swedish8", ("F", "E", "D", "D+", "C", "C+", "B", "A"))
    specs = tuple(
        FeatureSpec(f"feature_{i}", "none", "none", -np.inf, np.inf, "made up") for i in range(n_features)
    )
    codes = rng.integers(0, 8, size=2000)
    scores = (codes + rng.normal(size=2000)).astype(np.float32)
    decoding = fit_decoding(
        Readings(scores), codes, n_grades=8, calibration="temperature", decision="cutpoints"
    )
    return Grader(RegressionScore((forest,)), decoding, scale, FeatureSchema(specs, "en"))


def start_up() -> list[Measurement]:
    """How long a user waits before anything happens."""
    python = sys.executable
    bare = seconds_of(lambda: subprocess.run([python, "-c", "pass"], check=True), repeat=9)
    imported = seconds_of(lambda: subprocess.run([python, "-c", "import gradewise"], check=True), repeat=9)
    command = Path(python).with_name("gradewise")
    helped = seconds_of(
        lambda: subprocess.run([command, "--help"], check=True, capture_output=True), repeat=9
    )
    return [
        Measurement(
            name="import gradewise",
            value=(imported - bare) * 1000,
            unit="ms",
            asked=150,
            note="less the start of Python",
        ),
        Measurement(
            name="gradewise --help",
            value=helped * 1000,
            unit="ms",
            asked=400,
            note="start of Python included",
        ),
    ]
