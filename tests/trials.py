"""Small files of generated essays and small plans, for tests of whole commands and use cases."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gradewise.models.bundles.bundle import load_bundle
from gradewise.testing.synthetic import generate_essays, to_rows

N_ESSAYS = 150
"""Enough to train on in a second."""

SMALL: dict[str, Any] = {
    "name": "trial",
    "scale": "swedish8",
    "data": {"train": "essays.csv"},
    "split": {"folds": 3},
    "features": {"groups": ["length", "surface", "diversity", "errors"], "text_learners": []},
    "model": {
        "booster": {
            "rounds": 60,
            "early_stopping_rounds": 10,
            "learning_rate": 0.1,
            "max_leaves": 7,
            "min_child": 5,
        }
    },
    "evaluation": {"resamples": 100},
}
"""A plan that is followed quickly; learning from wording would take as long as all the rest."""

WITH_WORDING: dict[str, Any] = {"text_learners": ["words", "characters"]}
"""Features that change the plan to what is learnt where a plan does not say."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Trained:
    """A small model and what it came from."""

    plan: Path
    """Of the training."""
    essays: Path
    """All its essays: training pool and locked test set."""
    run: Path
    """The run directory."""
    stdout: str
    """What the command printed."""

    @property
    def bundle(self) -> Path:
        """The model."""
        return self.run / "artifacts" / "bundle"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did."""

    code: int
    """Its exit code."""
    out: str
    """What it printed."""
    err: str
    """What it said on standard error."""

    @property
    def complaint(self) -> str:
        """The one line of error; fails when there are several, or when it is not last."""
        lines = self.err.splitlines()
        assert [line for line in lines if line.startswith("error: ")] == lines[-1:], self.err
        assert all(line.startswith(("note: ", "model ")) or line.endswith(" s") for line in lines[:-1]), lines
        assert "Traceback" not in self.err
        return lines[-1].removeprefix("error: ")


Command = Callable[..., Outcome]
"""Runs `gradewise` with these arguments; ``stdin`` is what it reads."""


def essay_rows(n: int = N_ESSAYS) -> list[Row]:
    """Generated essays as rows of text, fresh copies each time."""
    columns, rows = _generated(n)
    return [dict(zip(columns, row, strict=True)) for row in rows]


@cache
def _generated(n: int) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    return to_rows(generate_essays(n, seed=11))


def changed(rows: Sequence[Row], position: int, **values: str) -> list[Row]:
    """The rows with other values in one of them."""
    return [{**row, **values} if index == position else row for index, row in enumerate(rows)]


def write_csv(
    path: Path, rows: Iterable[Row], *, columns: Sequence[str] = (), encoding: str = "utf-8", comma: str = ","
) -> Path:
    """Rows as a CSV file."""
    rows = list(rows)
    written = io.StringIO(newline="")
    table = csv.DictWriter(
        written, columns or list(rows[0]), delimiter=comma, extrasaction="ignore", lineterminator="\r\n"
    )
    table.writeheader()
    table.writerows(rows)
    path.write_bytes(written.getvalue().encode(encoding))
    return path


def small_plan(directory: Path, rows: Sequence[Row] | None = None, **changes: object) -> Path:
    """Write ``essays.csv`` and a small ``plan.yaml``, sections of which are changed; the plan's path."""
    write_csv(directory / "essays.csv", rows or essay_rows())
    plan = deepcopy(SMALL)
    for name, value in changes.items():
        section = plan.get(name)
        plan[name] = {**section, **value} if isinstance(section, dict) and isinstance(value, dict) else value
    path = directory / "plan.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    return path


def only_run(output: Path) -> Path:
    """The one run directory under an output directory."""
    (run,) = output.glob("*/*/status.json")
    return run.parent


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def visible_files(directory: Path) -> list[Path]:
    """Every file that somebody would look at: none in, or with, a name that begins with a dot."""
    return sorted(
        path
        for path in directory.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(directory).parts)
    )


def require_whole(directory: Path) -> None:
    """Pass when each file in a directory, whatever became of its maker, is whole."""
    for path in visible_files(directory):
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
        if path.name == "bundle":
            raise AssertionError(f"{path} is no directory")
    for bundle in directory.rglob("artifacts/bundle"):
        load_bundle(bundle)


def as_if_killed(directory: Path) -> Path:
    """A finished run as it would look had it been killed before it could say so."""
    status = directory / "status.json"
    status.write_text(json.dumps({**read_json(status), "state": "running"}), encoding="utf-8")
    return directory
