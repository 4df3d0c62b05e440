"""Settings become the services that training, scoring and the rest are given."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.experiment_journal import ExperimentJournal
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.adapters.onnx_embedder import OnnxEmbedder
from gradewise.adapters.optuna_study import OptunaStudies
from gradewise.adapters.parquet_table import parquet_table
from gradewise.adapters.pickle_file import PickleFile
from gradewise.adapters.process_watch import watch_process
from gradewise.adapters.remote_texts import fetched_texts
from gradewise.bootstrap.caches import shared_cache
from gradewise.bootstrap.databases import registry_tracker
from gradewise.bootstrap.installation import installed_versions
from gradewise.protocols.experiments import ExperimentTracker
from gradewise.protocols.measuring import Embedder
from gradewise.redaction import redacted
from gradewise.settings import Settings
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.measuring.text_models import OpenEmbedder
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.research import TrackingPlan
from gradewise.workflows.services import MakeChecker, Services


@contextmanager
def services_from(settings: Settings) -> Iterator[Services]:
    """Wire the services, and release them afterwards."""
    cache = shared_cache(settings)
    try:
        yield Services(
            open_source=open_essay_file,
            open_pickle=PickleFile,
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
            open_table=parquet_table,
            fetch_texts=fetched_texts,
            embedding_model=settings.embedding_model,
        )
    finally:
        cache.close()


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
        trackers.append(registry_tracker(settings))
    if tracking.mlflow is not None:
        from gradewise.adapters.mlflow_tracker import MlflowTracker  # noqa: PLC0415 - takes two seconds

        trackers.append(MlflowTracker(tracking.mlflow))
    return trackers


def embedder_opener(threads: int) -> OpenEmbedder:
    """Opens text models whose pieces are read by so many threads, and has the last ones at hand."""

    @lru_cache(maxsize=2)
    def opened(plan: EmbedderPlan) -> Embedder:
        return OnnxEmbedder(plan.model, max_tokens=plan.max_tokens, overlap=plan.overlap, threads=threads)

    return lambda plan: opened(plan.model_copy(update={"components": None}))
