"""The composition root: settings become services; the only module that names adapters."""

import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gradewise import __version__
from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.experiment_journal import ExperimentJournal
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.adapters.onnx_embedder import OnnxEmbedder
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.process_watch import watch_process
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.adapters.table_file import file_sha256
from gradewise.models.bundle import load_bundle
from gradewise.protocols import Embedder, ExperimentTracker, LanguageChecker
from gradewise.settings import Settings, read_settings
from gradewise.workflows.extract import needs_findings, processors
from gradewise.workflows.extract_data import SourceServices
from gradewise.workflows.plan_embedder import EmbedderPlan
from gradewise.workflows.plan_research import TrackingPlan
from gradewise.workflows.score import Scorer
from gradewise.workflows.services import MakeChecker, Services
from gradewise.workflows.text_models import OpenEmbedder, open_bundle_embedder

RECORDED = (
    "gradewise", "numpy", "scipy", "lightgbm", "xgboost-cpu", "xgboost", "onnx", "onnxruntime",
    "harper-py", "wordfreq", "pyphen", "simplemma", "tokenizers", "optuna",
)  # fmt: skip
"""Distributions whose versions a run records."""

MOST_THREADS = 4
"""More threads than pieces of an essay would wait."""


@contextmanager
def services_from(settings: Settings) -> Iterator[Services]:
    """Wire the services, and release them afterwards."""
    cache = SqliteCache(settings.cache_directory / "features.sqlite")
    try:
        yield Services(
            open_source=open_essay_file,
            find_checker=find_checker,
            cache=cache,
            workers=settings.workers,
            clock=partial(datetime.now, UTC),
            versions=installed_versions(),
            watch=watch_process,
            find_trackers=find_trackers,
            command_line=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
            open_studies=OptunaStudies,
            open_embedder=embedder_opener(settings.workers or processors()),
            embedding_model=settings.embedding_model,
        )
    finally:
        cache.close()


def source_services(url: str, *, timeout_seconds: float) -> SourceServices:
    """What an extraction of essays from a database needs.

    Args:
        url: SQLAlchemy URL of the database.
        timeout_seconds: longest wait for an answer.
    """
    from gradewise.adapters.parquet_table import parquet_table  # noqa: PLC0415 - other commands write none
    from gradewise.adapters.sql_essays import open_sql_essays  # noqa: PLC0415 - SQLAlchemy takes a while

    return SourceServices(
        open_database=partial(open_sql_essays, url, seconds=timeout_seconds),
        open_table=parquet_table,
        sha256=file_sha256,
        clock=partial(datetime.now, UTC),
        version=__version__,
    )


def find_checker(name: str, language: str) -> MakeChecker | None:
    """How to make the checker of that name, when it knows the language."""
    if name == "harper" and language in HarperChecker.languages:
        return HarperChecker
    return None


def find_trackers(output: Path, tracking: TrackingPlan) -> Sequence[ExperimentTracker]:
    """Where runs are written down: the journal of an output directory, and MLflow when a plan asks for it.

    Raises:
        MissingDependencyError: mlflow-skinny is asked for and not installed.
    """
    journal = ExperimentJournal(output)
    if tracking.mlflow is None:
        return (journal,)
    from gradewise.adapters.mlflow_tracker import MlflowTracker  # noqa: PLC0415 - takes two seconds

    return (journal, MlflowTracker(tracking.mlflow))


def embedder_opener(threads: int) -> OpenEmbedder:
    """Opens text models whose pieces are read by so many threads, and has the last ones at hand."""

    @lru_cache(maxsize=2)
    def opened(plan: EmbedderPlan) -> Embedder:
        return OnnxEmbedder(plan.model, max_tokens=plan.max_tokens, overlap=plan.overlap, threads=threads)

    return lambda plan: opened(plan.model_copy(update={"components": None}))


def installed_versions() -> Mapping[str, str]:
    """Versions of what shapes results, and the git revision of this code when it is a checkout."""
    versions = {"python": platform.python_version()}
    for name in RECORDED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    revision = _git_revision()
    return versions | ({"git": revision} if revision else {})


def _git_revision() -> str | None:
    """Of gradewise's own code; nothing when it is installed, if only inside somebody's repository."""
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    return _git("rev-parse", "HEAD")


def _git(*arguments: str) -> str | None:
    try:
        asked = subprocess.run(  # noqa: S603 - the arguments are the two calls above
            ["git", *arguments],  # noqa: S607 - git from PATH, as the user runs it
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None


def load_scorer(bundle: Path, *, embedding_model: Path | None = None) -> Scorer:
    """A scorer for one essay at a time, warm, with the checker and the text model spread over the cores.

    Args:
        bundle: directory of the model.
        embedding_model: directory of the text model, for bundles that need one; that of the environment when
            absent.

    Raises:
        BundleError: the bundle is damaged, or this installation measures otherwise than when it was trained.
        InputError: the text model cannot be read.
    """
    loaded, threads = load_bundle(bundle), min(processors(), MOST_THREADS)
    directory = embedding_model or read_settings().embedding_model
    embedder = open_bundle_embedder(loaded, embedder_opener(threads), directory)
    if embedder is not None:
        embedder.warm_up()
    checker: LanguageChecker | None = None
    if needs_findings(loaded.measured) and loaded.schema.language in HarperChecker.languages:
        checker = HarperChecker(threads=threads)
        checker.warm_up()
    return Scorer(loaded, checker, embedder=embedder)
