"""Commands that ask the registry: its services are opened, used within one event loop, and released."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gradewise.bootstrap import registry_from
from gradewise.cli.opened import with_opened
from gradewise.workflows.registry.services import RegistryServices

T = TypeVar("T")


def with_registry(work: Callable[[RegistryServices], Awaitable[T]]) -> T:
    """What the work comes to, once the registry of the settings is open for it."""
    return with_opened(registry_from, work)
