"""Two default models of ELLIPSE, trained once and kept, and essays that neither was trained on."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from benchmarks.accuracy.quick import ellipse_plan
from benchmarks.corpora import ellipse
from benchmarks.measurements import OUTPUT
from benchmarks.speed import fresh_services
from gradewise.essays.intake import ColumnMap, take_in
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.train import train

KEPT = OUTPUT / "serving"
"""Models, and nothing else that takes long to make."""
NAMES = ("first", "second")
"""The second is trained on the essays that the first is tested on."""


class NoCorpusError(Exception):
    """The machine has no ELLIPSE."""


def model_bundles() -> tuple[Path, Path]:
    """Bundles of two models of the same name that grade differently; trained where they are not kept.

    Raises:
        NoCorpusError: there is nothing to train on.
    """
    paths = tuple(KEPT / name for name in NAMES)
    for path in paths:
        if not path.exists():
            _train(path)
    return paths[0], paths[1]


def _train(path: Path) -> None:
    print(f"training a default model of ELLIPSE for {path}, once")
    with tempfile.TemporaryDirectory() as directory, fresh_services() as services:
        run = train(_plan(path.name, Path(directory)), services)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(run.bundle, path)


def _plan(name: str, output: Path) -> Plan:
    trained_on, tested_on = (_file("train"), _file("test"))
    if name == NAMES[1]:
        trained_on, tested_on = tested_on, trained_on
    return ellipse_plan(trained_on, tested_on, output)


def _file(part: str) -> Path:
    path = ellipse(part)
    if path is None:
        raise NoCorpusError("the ELLIPSE corpus is needed: GRADEWISE_CORPORA=DIRECTORY make bench-serving")
    return path


@cache
def essay_texts() -> tuple[str, ...]:
    """Texts of ELLIPSE, the official test part first.

    Raises:
        NoCorpusError: there are none.
    """
    columns = ColumnMap(text="full_text", id="text_id_kaggle")
    with fresh_services() as services:
        sources = [services.open_source(_file(part)) for part in ("test", "train")]
        return tuple(
            essay.text
            for source in sources
            for essay in take_in(source.rows(), source.columns(), columns, None, location="ellipse").essays
        )
