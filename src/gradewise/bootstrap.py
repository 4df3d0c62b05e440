"""The composition root: settings become services; the only module that names adapters."""

import platform
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from gradewise import __version__
from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.experiment_journal import ExperimentJournal
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.adapters.onnx_embedder import OnnxEmbedder
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.process_watch import watch_process
from gradewise.adapters.registry_tracker import RegistryTracker
from gradewise.adapters.remote_store import RemoteStore
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.adapters.table_file import file_sha256
from gradewise.models.bundle import load_bundle
from gradewise.protocols import (
    ArtifactStore,
    Embedder,
    ExperimentTracker,
    LanguageChecker,
    ModelRegistry,
)
from gradewise.redaction import redacted
from gradewise.settings import Observability, Settings, read_settings
from gradewise.telemetry import Listener, all_hear
from gradewise.workflows.extract import needs_findings, processors
from gradewise.workflows.extract_data import SourceServices
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

TRACKING_PATIENCE_S = 5.0
"""For how long a database may keep a run waiting that only wants to be written down."""

ESSAYS_WITHIN_S = 60.0
"""How long a database of essays, of which much is asked, may take to answer where its URL does not say."""

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
            find_trackers=partial(find_trackers, settings=settings),
            command_line=redacted(shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])),
            open_studies=OptunaStudies,
            study_database=settings.database_url,
            open_embedder=embedder_opener(settings.workers or processors()),
            embedding_model=settings.embedding_model,
        )
    finally:
        cache.close()


@contextmanager
def observed_by(observability: Observability, *, command: str, notify: Listener) -> Iterator[Listener]:
    """What hears for the log and the metrics that somebody asked for, while a command runs.

    Args:
        observability: what is asked for.
        command: as it is typed.
        notify: hears of trouble with metrics, which is never an error.

    Raises:
        OSError: the log file cannot be written.
    """
    listeners: list[Listener] = []
    with ExitStack() as stack:
        if observability.log != "off":
            from gradewise.adapters.structured_log import structured_log  # noqa: PLC0415 - few commands need it

            log = structured_log(
                format=observability.log,
                level=observability.log_level,
                file=observability.log_file,
                command=command,
                secrets=observability.secrets,
            )
            listeners.append(stack.enter_context(log))
        if observability.measures:
            listeners.append(
                stack.enter_context(_measured(observability, command, all_hear(notify, *listeners)))
            )
        yield all_hear(*listeners)


@contextmanager
def _measured(observability: Observability, command: str, notify: Listener) -> Iterator[Listener]:
    from gradewise.adapters.metrics_output import Outlets, metrics_out  # noqa: PLC0415 - few commands need it
    from gradewise.adapters.prometheus_metrics import JobMetrics  # noqa: PLC0415 - the same

    metrics = JobMetrics(version=__version__)
    outlets = Outlets(
        file=observability.metrics_file,
        push=observability.metrics_push,
        port=observability.metrics_port,
        host=observability.metrics_host,
        grouping={"instance": platform.node(), "command": command},
    )
    with metrics_out(metrics, outlets, notify):
        yield metrics.hear


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


def source_services(url: str) -> SourceServices:
    """What an extraction of essays from a database needs.

    Args:
        url: SQLAlchemy URL of the database.

    Raises:
        PlanError: the URL cannot be read.
        MissingDependencyError: the driver of the database is not installed.
    """
    from gradewise.adapters.essay_database.essays import open_sql_essays  # noqa: PLC0415 - takes a while
    from gradewise.adapters.parquet_table import parquet_table  # noqa: PLC0415 - other commands write none
    from gradewise.adapters.sql.addresses import read_address  # noqa: PLC0415 - takes a while

    address = read_address(url, answer_within_s=ESSAYS_WITHIN_S)
    return SourceServices(
        open_database=partial(open_sql_essays, address),
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


def find_trackers(
    output: Path, tracking: TrackingPlan, *, settings: Settings | None = None
) -> Sequence[ExperimentTracker]:
    """Where runs are written down: the journal of an output directory, the registry, and MLflow.

    Args:
        output: where run directories are made.
        tracking: what the plan asks for.
        settings: where the registry is; none is written to when ``None``.

    Raises:
        MissingDependencyError: mlflow-skinny is asked for and not installed.
    """
    trackers: list[ExperimentTracker] = [ExperimentJournal(output)]
    if tracking.registry and settings is not None:
        trackers.append(_registry_tracker(settings))
    if tracking.mlflow is not None:
        from gradewise.adapters.mlflow_tracker import MlflowTracker  # noqa: PLC0415 - takes two seconds

        trackers.append(MlflowTracker(tracking.mlflow))
    return trackers


def _registry_tracker(settings: Settings) -> RegistryTracker:
    def opened() -> AbstractAsyncContextManager[ModelRegistry]:
        from gradewise.adapters.sql.registry import open_registry  # noqa: PLC0415 - takes half a second

        address = _database_address(settings)
        hasty = replace(
            address,
            connect_within_s=min(address.connect_within_s, TRACKING_PATIENCE_S),
            answer_within_s=min(address.answer_within_s, TRACKING_PATIENCE_S),
        )
        return open_registry(hasty)

    return RegistryTracker(opened, host=platform.node())


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
