"""Whose turn it is, where acts of one machine must not run at the same time."""

from gradewise.workflows.registry.deployment import NameLock
from gradewise.workflows.registry.services import RegistryServices

REGISTERING_S = 600.0
"""For how long a registration waits for another, which may have a slow store to fill."""
PROMOTING_S = 3600.0
"""For how long a promotion waits for others, each of which may have many essays to judge."""


def registering(services: RegistryServices) -> NameLock:
    """Held while bundles lie in stores of which no row tells yet."""
    return NameLock(services.models_directory / ".registry" / "registering.lock", wait_s=REGISTERING_S)


def promoting(services: RegistryServices, name: str) -> NameLock:
    """Held by one of those who must judge a model again, as others would only overtake each other."""
    lock = services.models_directory / ".registry" / f"promoting-{name}.lock"
    return NameLock(lock, wait_s=PROMOTING_S)
