"""Every port: what gradewise asks of the outside world."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradewise.protocols.events import EventBroker
    from gradewise.protocols.experiments import ExperimentTracker, Studies, Study
    from gradewise.protocols.measuring import Cache, ChecksBeside, Embedder, LanguageChecker
    from gradewise.protocols.registry import ArtifactStore, ModelRegistry
    from gradewise.protocols.scoring import Batches, EventPublisher, ScoreLog
    from gradewise.protocols.tables import EssaySource, EssayStream, TableColumn, TableWriter

_PLACES = {
    "ArtifactStore": "gradewise.protocols.registry",
    "Batches": "gradewise.protocols.scoring",
    "Cache": "gradewise.protocols.measuring",
    "ChecksBeside": "gradewise.protocols.measuring",
    "Embedder": "gradewise.protocols.measuring",
    "EssaySource": "gradewise.protocols.tables",
    "EssayStream": "gradewise.protocols.tables",
    "EventBroker": "gradewise.protocols.events",
    "EventPublisher": "gradewise.protocols.scoring",
    "ExperimentTracker": "gradewise.protocols.experiments",
    "LanguageChecker": "gradewise.protocols.measuring",
    "ModelRegistry": "gradewise.protocols.registry",
    "ScoreLog": "gradewise.protocols.scoring",
    "Studies": "gradewise.protocols.experiments",
    "Study": "gradewise.protocols.experiments",
    "TableColumn": "gradewise.protocols.tables",
    "TableWriter": "gradewise.protocols.tables",
}
"""Which module each comes from; imported when it is asked for, since what lists answers has no use for the
ports of training, which bring arrays with them."""

__all__ = [
    "ArtifactStore",
    "Batches",
    "Cache",
    "ChecksBeside",
    "Embedder",
    "EssaySource",
    "EssayStream",
    "EventBroker",
    "EventPublisher",
    "ExperimentTracker",
    "LanguageChecker",
    "ModelRegistry",
    "ScoreLog",
    "Studies",
    "Study",
    "TableColumn",
    "TableWriter",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
