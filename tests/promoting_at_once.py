"""Processes that promote models of one name at the same time, each by the command.

A program of its own, so that it can fork: it imports everything once, and has no thread when it does. It puts
models into staging; then each of several children promotes its share to production, all beginning together.

``python tests/promoting_at_once.py SCRATCH PROCESSES EACH URL …`` prints what came of it, a line of JSON for
each database.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import gradewise.cli.registry.doing
import gradewise.cli.registry.judging  # noqa: F401 - this too
from gradewise.bootstrap import registry_from
from gradewise.cli.main import run
from gradewise.settings import read_settings
from gradewise.workflows.registry.services import RegistryServices
from lifecycle_trials import NAME, staged, version_of

T = TypeVar("T")


def with_registry(work: Callable[[RegistryServices], Awaitable[T]]) -> T:
    """What some work comes to, with the registry of the environment."""

    async def _opened() -> T:
        async with registry_from(read_settings()) as services:
            return await work(services)

    return asyncio.run(_opened())


async def lay_out(many: int, services: RegistryServices) -> None:
    """Put models into staging."""
    for number in range(many):
        await staged(services, number)


def promote_all(numbers: range, begin: int) -> int:
    """Promote some models, one after the other, when all may begin; how many were refused."""
    os.read(begin, 1)
    refused = 0
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        for number in numbers:
            model = f"{NAME}:{version_of(number)}"
            arguments = ["promote", model, "--stage", "production", "--override", f"trial {number}", "-q"]
            refused += run(["registry", *arguments]) != 0
    return refused


def together(processes: int, each: int) -> int:
    """Promote in several processes at once; how many promotions were refused."""
    begin, go = os.pipe()
    children = []
    for first in range(0, processes * each, each):
        child = os.fork()
        if child == 0:
            os.close(go)
            status = each
            try:
                status = promote_all(range(first, first + each), begin)
            finally:
                os._exit(status)
        children.append(child)
    os.close(begin)
    os.close(go)  # what reads from it goes on
    return sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


async def found(services: RegistryServices) -> dict[str, Any]:
    """What the database and the link say."""
    state = await services.registry.state(NAME)
    changes = [change for change in state.changes if change.to_stage == "production"]
    return {
        "in_production": [model.version for model in state.models if model.stage == "production"],
        "archived": sum(model.stage == "archived" for model in state.models),
        "reasons": len({change.override for change in changes}),
        "serials": len({change.serial for change in changes}),
        "replaced": len({change.replaced_id for change in changes}),
        "link": (services.models_directory / NAME / "production").readlink().name,
    }


def promoted(directory: Path, url: str, processes: int, each: int) -> dict[str, Any]:
    """What came of promotions in a fresh directory and an empty database."""
    directory.mkdir()
    os.environ.update(GRADEWISE_MODELS_DIR=str(directory / "models"), GRADEWISE_DATABASE_URL=url)
    os.chdir(directory)
    with_registry(partial(lay_out, processes * each))
    began = time.perf_counter()
    refused = together(processes, each)
    seconds = round(time.perf_counter() - began, 2)
    return {**with_registry(found), "refused": refused, "seconds": seconds}


def main() -> None:
    """Promote on one database after the other, and tell what came of it."""
    scratch, processes, each = Path(sys.argv[1]).absolute(), int(sys.argv[2]), int(sys.argv[3])
    os.environ.update(GRADEWISE_CACHE_DIR=str(scratch / "cache"))
    for number, url in enumerate(sys.argv[4:]):
        sys.stdout.write(f"{json.dumps(promoted(scratch / str(number), url, processes, each))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
