"""Measure what was named, or everything; print each part as it is done, write all of it."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.classification.accuracy import accuracy, scope
from benchmarks.classification.corpora import NoCorpusError
from benchmarks.classification.learners import learners
from benchmarks.classification.malformed import malformed
from benchmarks.classification.scoring import scoring
from benchmarks.classification.speed import speed
from benchmarks.classification.training import Trainings
from benchmarks.measurements import Measurement, show, write

PARTS: dict[str, Callable[[Trainings], list[Measurement]]] = {
    "accuracy": accuracy,
    "speed": speed,
    "scoring": scoring,
    "scope": scope,
    "malformed": malformed,
    "learners": learners,
}


def main(arguments: Sequence[str]) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classification", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas: %(default)s")
    parser.add_argument(
        "--text-model",
        type=Path,
        default=os.environ.get("GRADEWISE_EMBEDDING_MODEL"),
        help="directory of a sentence model in ONNX, such as MiniLM; that of the environment when absent",
    )
    asked = parser.parse_args(arguments)
    names = asked.only.split(",")
    if unknown := sorted(set(names) - set(PARTS)):
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if asked.text_model is None:
        parser.error("a text model is needed: TEXT_MODEL=DIRECTORY make bench-classification")
    with tempfile.TemporaryDirectory() as scratch:
        trainings = Trainings(Path(scratch), asked.text_model.resolve())
        for name in names:
            try:
                _measure(name, trainings)
            except NoCorpusError as error:
                sys.exit(str(error))


def _measure(name: str, trainings: Trainings) -> None:
    before = os.getloadavg()[0]
    measurements = PARTS[name](trainings)
    show(measurements)
    print(
        f"load average {before:.1f} before, {os.getloadavg()[0]:.1f} after; "
        f"written to {write(f'classification-{name}', measurements)}\n",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
