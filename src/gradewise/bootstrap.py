"""The composition root: settings become services; the only module that names adapters."""

import platform
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.experiment_journal import ExperimentJournal
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.adapters.onnx_embedder import OnnxEmbedder
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.process_watch import watch_process
from gradewise.adapters.remote_store import RemoteStore
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.models.bundle import load_bundle
from gradewise.protocols import ArtifactStore, Embedder, ExperimentTracker, LanguageChecker
from gradewise.settings import Settings, read_settings
from gradewise.workflows.extract import needs_findings, processors
from gradewise.workflows.plan_embedder import EmbedderPlan
from gradewise.workflows.plan_research import TrackingPlan
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.score import Scorer
from gradewise.workflows.services import MakeChecker, Services
from gradewise.workflows.text_models import OpenEmbedder, open_bundle_embedder

if TYPE_CHECKING:
    from gradewise.adapters.sql.addresses import Address
    from gradewise.adapters.sql.schema import SqlSchema

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


@asynccontextmanager
async def registry_from(settings: Settings) -> AsyncIterator[RegistryServices]:
    """Open the registry, and close it afterwards; made and used within one event loop.

    Raises:
        UnavailableError: the database or a store does not answer.
        RegistryError: the database is not of this gradewise's revision.
    """
    from gradewise.adapters.sql.registry import open_registry  # noqa: PLC0415 - takes a second

    async with open_registry(_database_address(settings)) as registry:
        yield RegistryServices(
            registry=registry,
            stores=_stores(settings),
            models_directory=settings.models_directory,
            user=settings.user,
            clock=partial(datetime.now, UTC),
        )


@asynccontextmanager
async def schema_from(settings: Settings) -> AsyncIterator["SqlSchema"]:
    """The tables of the registry's database, whatever state they are in."""
    from gradewise.adapters.sql.engines import open_engine  # noqa: PLC0415 - takes a second
    from gradewise.adapters.sql.schema import SqlSchema  # noqa: PLC0415 - the same

    address = _database_address(settings)
    async with open_engine(address) as engine:
        yield SqlSchema(engine, address)


def _database_address(settings: Settings) -> "Address":
    """What is named, else a file beside the models."""
    from gradewise.adapters.sql.addresses import read_address, sqlite_address  # noqa: PLC0415 - takes a second

    if settings.database_url is not None:
        return read_address(settings.database_url)
    return sqlite_address(settings.models_directory / ".registry" / "registry.sqlite")


def _stores(settings: Settings) -> tuple[ArtifactStore, ...]:
    """Where bundles are kept: the local directory first, then further copies."""
    local = DirectoryStore(settings.models_directory / ".registry" / "store")
    return (local,) if settings.artifacts_url is None else (local, find_store(settings.artifacts_url))


def find_store(address: str) -> ArtifactStore:
    """The store at an address; for a path or ``file://`` a directory, which is written more safely."""
    scheme, separator, path = address.partition("://")
    if not separator:
        return DirectoryStore(Path(address))
    return DirectoryStore(Path(path)) if scheme in ("file", "local") else RemoteStore(address)


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
