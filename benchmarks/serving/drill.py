"""The rollback drill: how long it takes from a typed command until the old model answers."""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measurements import Measurement
from benchmarks.serving.load import OK, connected, request_of
from benchmarks.serving.models import essay_texts, model_bundles
from benchmarks.serving.processes import Process, command_path, gradewise, own
from gradewise.models.bundles.bundle import load_bundle

TIMES, ASKED_S, PATIENCE_S, EVERY_S = 10, 5.0, 60.0, 0.02
WHY = ("--override", "a drill")


def rollback(scratch: Path) -> list[Measurement]:
    """By polling as often as the service does by itself, and by SIGHUP behind the command."""
    environment = {**os.environ, **own(scratch)}
    name, versions = _registered(environment)
    found = []
    for how, options in (("polling by default", ()), ("SIGHUP behind the command", ("--poll", "0"))):
        with gradewise(scratch, "--name", name, *options) as server:
            hangs_up = bool(options)
            drills = [_drill(server, name, versions, environment, hangs_up=hangs_up) for _ in range(TIMES)]
        seconds, commands = zip(*drills, strict=True)
        found.append(
            Measurement(
                name=f"rollback typed until the old model answers, longest, {how}",
                value=max(seconds),
                unit="s",
                asked=ASKED_S,
                note=f"n={TIMES}; median {statistics.median(seconds):.1f} s, shortest {min(seconds):.1f}; "
                f"of which the command itself {statistics.median(commands):.1f} s",
            )
        )
    return found


def _registered(environment: Mapping[str, str]) -> tuple[str, tuple[str, str]]:
    """Two models in the registry, the second in production after the first: name and versions."""
    bundles = model_bundles()
    for bundle in bundles:
        _run(environment, "register", bundle, "--quiet")
    metadata = [load_bundle(bundle).metadata for bundle in bundles]
    name, first, second = metadata[0].name, metadata[0].version, metadata[1].version
    for version in (first, second):
        _promote(environment, f"{name}:{version}")
    return name, (first, second)


def _promote(environment: Mapping[str, str], model: str) -> None:
    _run(environment, "promote", model, "--stage", "staging", *WHY, "--quiet")
    _run(environment, "promote", model, "--stage", "production", *WHY, "--quiet")


def _run(environment: Mapping[str, str], *arguments: str | Path) -> None:
    command = [str(part) for part in (command_path(), "registry", *arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command[1:])}: {done.stderr[-1000:]}")


def _drill(
    server: Process, name: str, versions: tuple[str, str], environment: Mapping[str, str], *, hangs_up: bool
) -> tuple[float, float]:
    """Roll back once, then bring the new model into production again: seconds in all, and of the command."""
    asyncio.run(_until(server, versions[1]))
    began = time.perf_counter()
    _run(environment, "rollback", name, "--quiet")
    command = time.perf_counter() - began
    if hangs_up:
        os.kill(server.pid, signal.SIGHUP)
    asyncio.run(_until(server, versions[0]))
    seconds = time.perf_counter() - began
    _promote(environment, f"{name}:{versions[1]}")
    if hangs_up:
        os.kill(server.pid, signal.SIGHUP)
    return seconds, command


async def _until(server: Process, version: str) -> None:
    """Ask for a grade again and again until this version gives it; any other status is an error."""
    request = request_of("/v1/score", json.dumps({"text": essay_texts()[0]}).encode())
    deadline = time.monotonic() + PATIENCE_S
    async with connected(server.port) as client:
        while time.monotonic() < deadline:
            answer = await client.ask(request)
            if answer.status != OK:
                raise AssertionError(f"an answer was refused: {answer.body!r}")
            if answer.content["model"]["version"] == version:
                return
            await asyncio.sleep(EVERY_S)
    raise AssertionError(f"version {version} does not answer after {PATIENCE_S:g} s")
