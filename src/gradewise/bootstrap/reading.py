"""What reads texts while gradewise serves, or within another program: the feature cache and the tools."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from gradewise.adapters.harper_checker import HarperChecker
from gradewise.bootstrap.caches import serving_cache
from gradewise.bootstrap.services import embedder_opener
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.naming import named_bundle
from gradewise.protocols.measuring import Cache
from gradewise.settings import Settings, read_settings
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.scoring.bundle_model import BundleModel, model_builder
from gradewise.workflows.scoring.embedded import EmbeddedScorer
from gradewise.workflows.scoring.isolated import isolated
from gradewise.workflows.scoring.models import Build
from gradewise.workflows.scoring.tools import HARPER, Tools
from gradewise.workflows.services import MakeChecker

MOST_THREADS = 8
"""Threads that check one text: more than it has pieces would wait."""


def reading_tools(settings: Settings, *, readers: int | None = None) -> Tools:
    """Checkers and text models for all models of this process; one a process, as they are large.

    Args:
        settings: the text model, and how many cores there are to use.
        readers: texts that are read at once; as many as there are cores when ``None``.
    """
    cores = settings.workers or processors()
    return Tools(
        _checker_finder(min(cores, MOST_THREADS)),
        readers=readers or cores,
        open_embedder=embedder_opener(cores),
        embedding_model=settings.embedding_model,
    )


def load_scorer(
    path: str | Path, *, embedding_model: str | Path | None = None, cache: Cache | None = None
) -> EmbeddedScorer:
    """A scorer for use within another program, warm: the first essay takes no longer than the next.

    Args:
        path: ``models/NAME`` for the model in production, a bundle, its archive, or a run.
        embedding_model: directory of the text model, for bundles that need one; that of the environment when
            absent.
        cache: keeps what was read; the feature cache of the environment when ``None``.

    Raises:
        BundleError: there is no model, it is damaged, or this installation reads otherwise than when it was
            trained.
        InputError: the text model cannot be read.

    Example::

        from gradewise import load_scorer

        with load_scorer("models/essays") as scorer:
            prediction = scorer.score("Dear principal, I think that ...")
            print(prediction.grade, prediction.confidence, prediction.reasons[0].sentence)
            grades = [each.grade for each in scorer.score_many(texts)]
    """
    settings = read_settings().with_embedding_model(Path(embedding_model) if embedding_model else None)
    bundle = load_bundle(named_bundle(Path(path)))
    kept = serving_cache(settings) if cache is None else cache

    def close() -> None:
        if cache is None:
            kept.close()

    try:
        model = BundleModel(bundle, reading_tools(settings), kept)
    except BaseException:
        close()
        raise
    return EmbeddedScorer(model, readers=settings.workers or processors(), close=close)


@lru_cache(maxsize=1)
def shared_checker(threads: int) -> HarperChecker:
    """The checker of this process, for all who read: its threads take seconds to become warm."""
    return HarperChecker(threads=threads)


def _checker_finder(threads: int) -> Callable[[str, str], MakeChecker | None]:
    def find(name: str, language: str) -> MakeChecker | None:
        if name != HARPER or language not in HarperChecker.languages:
            return None
        # With several threads a checker may be shared; with one, who reads needs one of his own.
        return partial(shared_checker, threads) if threads > 1 else HarperChecker

    return find


def build_apart(settings: Settings) -> Build:
    """Makes models that each work in a process of their own, with tools of their own and the same cache.

    For a challenger that answers unseen: what it does there concerns nobody who is answered.

    Args:
        settings: where the cache and the text model are; a process works on one core.
    """
    return isolated(partial(_build_alone, replace(settings, workers=1)))


def _build_alone(settings: Settings, files: Mapping[str, bytes]) -> BundleModel:
    return model_builder(reading_tools(settings, readers=1), serving_cache(settings))(files)
