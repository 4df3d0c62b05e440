"""Every port: what gradewise asks of the outside world."""

from gradewise.protocols.events import EventBroker
from gradewise.protocols.experiments import ExperimentTracker, Studies, Study
from gradewise.protocols.measuring import Cache, ChecksBeside, Embedder, LanguageChecker
from gradewise.protocols.registry import ArtifactStore, ModelRegistry
from gradewise.protocols.scoring import Batches, EventPublisher, ScoreLog
from gradewise.protocols.tables import EssaySource, EssayStream, TableColumn, TableWriter

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
