"""What the registry's use cases need from the outside world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gradewise.protocols.registry import ArtifactStore, ModelRegistry
from gradewise.registry.manifests import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryServices:
    """The ports, and who acts when."""

    registry: ModelRegistry
    """Knows models, stages and gates."""
    stores: tuple[ArtifactStore, ...]
    """Keep bundles; the first is local and has all of them, others hold further copies."""
    models_directory: Path
    """Where models are deployed: a directory for each name."""
    user: str
    """Who acts, for the audit trail."""
    clock: Callable[[], datetime]
    """The time, with its zone."""
    signing_key: SigningKey | None = None
    """Signs what is to be served, whenever links follow; ``None`` where nobody asks for signatures."""
