"""Commands that ask the registry: its services are opened, used within one event loop, and released."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gradewise.bootstrap import registry_from
from gradewise.settings import read_settings
from gradewise.workflows.registry.services import RegistryServices

T = TypeVar("T")


def with_registry(work: Callable[[RegistryServices], Awaitable[T]]) -> T:
    """What the work comes to, once the registry of the settings is open for it."""

    async def _opened() -> T:
        async with registry_from(read_settings()) as services:
            return await work(services)

    return asyncio.run(_opened())
