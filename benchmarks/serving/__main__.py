"""Measure what was named, or everything; print each part as it is done, write all of it."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measurements import Measurement, show, write
from benchmarks.serving.cost import cost
from benchmarks.serving.drill import rollback
from benchmarks.serving.latency import latency
from benchmarks.serving.models import NoCorpusError, model_bundles
from benchmarks.serving.shadow import shadow
from benchmarks.serving.storm import memory, storm

PARTS: dict[str, Callable[[Path], list[Measurement]]] = {
    "latency": latency,
    "cost": cost,
    "storm": storm,
    "memory": memory,
    "rollback": rollback,
    "shadow": shadow,
}


def main(arguments: Sequence[str]) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas: %(default)s")
    names = parser.parse_args(arguments).only.split(",")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers end with it
    if unknown := sorted(set(names) - set(PARTS)):
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    try:
        model_bundles()
    except NoCorpusError as error:
        sys.exit(str(error))
    for name in names:
        before = os.getloadavg()[0]
        with tempfile.TemporaryDirectory() as scratch:
            measurements = PARTS[name](Path(scratch))
        show(measurements)
        print(
            f"load average {before:.1f} before, {os.getloadavg()[0]:.1f} after; "
            f"written to {write(f'serving-{name}', measurements)}\n",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
