"""CPU that a request costs without extraction, beside two other servers of the same ONNX file."""

import contextlib
import json
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import numpy as np

from benchmarks.measurements import Measurement
from benchmarks.serving.load import Counted, has_wrk, wrk
from benchmarks.serving.models import essay_texts, model_bundles
from benchmarks.serving.others import (
    Asked,
    asked_of_bentoml,
    asked_of_mlserver,
    bentoml,
    mlserver,
    versions,
)
from benchmarks.serving.processes import Process, gradewise

ROUNDS, SECONDS, WARM_S, CONNECTIONS = 3, 6, 2, 16
N_ESSAYS = 100
OURS = "gradewise, score log on"
ASKED = 1 / 3


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that is up, and how it is asked."""

    server: Process
    """The server."""
    asked: Asked
    """What it is asked; nothing but a GET where there are no bodies."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request cost in one round."""

    cpu_ms: float
    """CPU time of all processes of the server."""
    counted: Counted
    """By the client."""


def cost(scratch: Path) -> list[Measurement]:
    """Figures of each server, and the ratios that were asked for."""
    if not has_wrk():
        raise SystemExit("the load comes from wrk: apt-get install wrk")
    with contextlib.ExitStack() as stack:
        contenders = _contenders(scratch, stack)
        found = _measured(contenders)
        resident = {name: each.server.all_resident_mb for name, each in contenders.items()}
    return [*_each(found, contenders, resident), *_ratios(found)]


def _contenders(scratch: Path, stack: contextlib.ExitStack) -> Mapping[str, Contender]:
    """All servers, up together: those that are not asked just now cost next to nothing."""
    bundle, _ = model_bundles()
    model = bundle / "model.onnx"
    texts = essay_texts()[:N_ESSAYS]
    ours = Asked("/v1/score", [json.dumps({"text": text}).encode() for text in texts])
    rows = _rows(model, len(texts))
    servers = {
        OURS: (gradewise, (), ours),
        "gradewise, no score log": (gradewise, ("--no-log",), ours),
    }
    contenders = {}
    for name, (start, options, asked) in servers.items():
        directory = scratch / name.replace(" ", "-")
        directory.mkdir()
        shared = {"GRADEWISE_CACHE_DIR": str(scratch / "cache")}
        server = stack.enter_context(
            start(directory, "--model", bundle, "--poll", "0", *options, extra=shared)
        )
        _read_all(server, asked)
        contenders[name] = Contender(server, asked)
    contenders["gradewise, the route alone (GET /livez)"] = Contender(
        contenders[OURS].server, Asked("/livez", ())
    )
    for workers in (0, 1):
        contenders[f"MLServer, {workers} workers"] = Contender(
            stack.enter_context(mlserver(scratch, model, workers=workers)), asked_of_mlserver(rows)
        )
    contenders["BentoML, 1 worker"] = Contender(
        stack.enter_context(bentoml(scratch, model)), asked_of_bentoml(rows)
    )
    return contenders


def _rows(model: Path, n: int) -> np.ndarray:
    """Made-up features with seven digits, as the numbers of a text have: shape ``(n, width)``."""
    import onnxruntime  # noqa: PLC0415 - takes a while

    width = onnxruntime.InferenceSession(model.read_bytes()).get_inputs()[0].shape[1]
    return np.random.default_rng(0).normal(size=(n, width)).astype(np.float32)


def _read_all(server: Process, asked: Asked) -> None:
    """Let every text be read once, so that from now on all are in the cache."""
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
        for body in asked.bodies:
            client.post(
                asked.path, content=body, headers={"Content-Type": "application/json"}
            ).raise_for_status()


def _measured(contenders: Mapping[str, Contender]) -> Mapping[str, Sequence[Cost]]:
    """Rounds in which each is asked in turn, so that what else the machine does meets all of them."""
    found = defaultdict(list)
    for _ in range(ROUNDS):
        for name, each in contenders.items():
            ask = partial(
                wrk, f"http://127.0.0.1:{each.server.port}{each.asked.path}", each.asked.bodies,
                connections=CONNECTIONS,
            )  # fmt: skip
            ask(seconds=WARM_S)
            used = each.server.cpu_s
            counted = ask(seconds=SECONDS)
            found[name].append(Cost((each.server.cpu_s - used) * 1000 / counted.requests, counted))
    return found


def _median(costs: Sequence[Cost]) -> float:
    return statistics.median(each.cpu_ms for each in costs)


def _range_us(costs: Sequence[Cost]) -> str:
    """The least and the most, in microseconds."""
    found = [each.cpu_ms * 1000 for each in costs]
    return f"{min(found):.0f}–{max(found):.0f}"


def _each(
    found: Mapping[str, Sequence[Cost]],
    contenders: Mapping[str, Contender],
    resident: Mapping[str, float],
) -> list[Measurement]:
    return [
        Measurement(
            name=f"{name}: CPU a request",
            value=_median(costs) * 1000,
            unit="µs",
            note=f"{CONNECTIONS} connections, {len(costs)} rounds of {SECONDS} s, "
            f"{_range_us(costs)}; "
            f"{statistics.median(each.counted.requests for each in costs) / SECONDS:.0f} requests/s, "
            f"p95 {statistics.median(each.counted.p95_ms for each in costs):.0f} ms, "
            f"{sum(each.counted.errors for each in costs)} errors; {resident[name]:.0f} MB; "
            f"{_body_size(contenders[name].asked)}",
        )
        for name, costs in found.items()
    ]


def _body_size(asked: Asked) -> str:
    if not asked.bodies:
        return "no body"
    return f"body {statistics.mean(map(len, asked.bodies)) / 1000:.1f} kB"


def _ratios(found: Mapping[str, Sequence[Cost]]) -> list[Measurement]:
    said = {"MLServer": versions("mlserver"), "BentoML": versions("bentoml")}
    return [
        Measurement(
            name=f"{ours}: CPU a request over {name}'s",
            value=_median(found[ours]) / _median(costs),
            unit="times",
            asked=ASKED,
            note=said[name.partition(",")[0]],
        )
        for ours in (OURS, "gradewise, no score log")
        for name, costs in found.items()
        if not name.startswith("gradewise")
    ]
