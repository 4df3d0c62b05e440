"""What clients notice of a challenger in the shadow that works, hangs, or dies again and again."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measurements import Measurement
from benchmarks.serving.load import OK, Load, clients_beside, connected, request_of
from benchmarks.serving.models import essay_texts, model_bundles
from benchmarks.serving.processes import Process, gradewise

CLIENTS, ROUNDS, SECONDS, N_ESSAYS = 4, 5, 2.0, 40
DEAD_EVERY_S = 0.5
OVER_ALONE_MS = 25.0
SAME = "probabilities"

Deed = Callable[[], Coroutine[Any, Any, None]]
"""What happens to the challenger while clients ask."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Some seconds of load on one server."""

    load: Load
    """What clients got."""
    cpu_ms: float
    """Processor time of the process that answers, for an answer."""

    @property
    def milliseconds(self) -> list[float]:
        """Of each answer."""
        return [answer.seconds * 1000 for _, answer in self.load.answers]


def shadow(scratch: Path) -> list[Measurement]:
    """The same load on a server alone and on one with a challenger, in turns: both share the noise."""
    champion, challenger = model_bundles()
    for name in ("alone", "beside"):
        (scratch / name).mkdir()
    with_challenger = ("--challenger", challenger, "--shadow")
    with (
        gradewise(scratch / "alone", "--model", champion, "--poll", "0") as alone,
        gradewise(scratch / "beside", "--model", champion, "--poll", "0", *with_challenger) as beside,
    ):
        return asyncio.run(_measure(alone, beside))


async def _measure(alone: Process, beside: Process) -> list[Measurement]:
    requests = [
        request_of("/v1/score", json.dumps({"text": text}).encode()) for text in essay_texts()[:N_ESSAYS]
    ]
    expected = await _answers(alone, requests)
    await _answers(beside, requests)
    deeds: dict[str, Deed] = {
        "works": lambda: asyncio.sleep(SECONDS),
        "hangs": lambda: _hanging(beside),
        "dies twice a second": lambda: _dying(beside),
    }
    rounds: dict[str, list[tuple[Asked, Asked]]] = {name: [] for name in deeds}
    for _ in range(ROUNDS):
        for name, deed in deeds.items():
            before = await _asked(alone, requests, lambda: asyncio.sleep(SECONDS))
            rounds[name].append((before, await _asked(beside, requests, deed)))
    wrong = sum(
        answer.status == OK and answer.content[SAME] != expected[index]
        for pairs in rounds.values() for pair in pairs for each in pair for index, answer in each.load.answers
    )  # fmt: skip
    return [
        *(figure for name, pairs in rounds.items() for figure in _figures(name, pairs)),
        Measurement(
            name="answers that differ from those without a challenger", value=wrong, unit="answers", asked=0
        ),
        Measurement(
            name="memory of the process that answers, over that alone",
            value=beside.resident_mb - alone.resident_mb, unit="MB",
        ),
    ]  # fmt: skip


async def _answers(server: Process, requests: Sequence[bytes]) -> list[Any]:
    """What a server says of each essay, which is in its cache afterwards."""
    async with connected(server.port) as client:
        return [(await client.ask(request)).content[SAME] for request in requests]


async def _asked(server: Process, requests: Sequence[bytes], deed: Deed) -> Asked:
    used = server.own_cpu_s
    load = await clients_beside(server.port, requests, deed, clients=CLIENTS)
    return Asked(load, 1000 * (server.own_cpu_s - used) / max(len(load.answers), 1))


async def _hanging(server: Process) -> None:
    """Stop the challenger's process, and let it go on at the end."""
    stopped = server.children("spawn_main")
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(SECONDS)
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def _dying(server: Process) -> None:
    """Kill the challenger's process whenever there is one."""
    for _ in range(int(SECONDS / DEAD_EVERY_S)):
        for pid in server.children("spawn_main"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(DEAD_EVERY_S)


def _figures(name: str, pairs: Sequence[tuple[Asked, Asked]]) -> list[Measurement]:
    alone, beside = ([time for pair in pairs for time in pair[place].milliseconds] for place in (0, 1))
    over = [_p99(b.milliseconds) - _p99(a.milliseconds) for a, b in pairs]
    costs = [b.cpu_ms / a.cpu_ms for a, b in pairs]
    failures = sum(each.load.failures for pair in pairs for each in pair)
    said = f"{len(pairs)} pairs of {SECONDS:g} s, {CLIENTS} clients without a pause"
    return [
        Measurement(
            name=f"challenger {name}: p99 over that without, median of pairs", value=float(np.median(over)),
            unit="ms", asked=OVER_ALONE_MS,
            note=f"{said}; without {_quantiles(alone)}; with {_quantiles(beside)}; "
            f"pairs {min(over):+.1f} to {max(over):+.1f}",
        ),
        Measurement(
            name=f"challenger {name}: processor time of an answer, median of pairs",
            value=float(np.median(costs)), unit="times that without",
            note=f"without {np.median([a.cpu_ms for a, _ in pairs]):.2f} ms; "
            f"pairs {min(costs):.2f} to {max(costs):.2f}",
        ),
        Measurement(
            name=f"challenger {name}: answers other than 200", value=failures,
            unit=f"of {len(alone) + len(beside)}", asked=0,
        ),
    ]  # fmt: skip


def _p99(milliseconds: Sequence[float]) -> float:
    return float(np.quantile(milliseconds, 0.99))


def _quantiles(milliseconds: Sequence[float]) -> str:
    p50, p99 = np.quantile(milliseconds, (0.5, 0.99))
    return f"p50 {p50:.1f}, p99 {p99:.1f} ms (n={len(milliseconds)})"
