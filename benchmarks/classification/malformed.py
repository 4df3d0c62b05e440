"""A thousand malformed rows among sound ones, looked at and trained on by the commands."""

import contextlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.classification.training import Trainings
from benchmarks.measurements import Measurement
from gradewise.cli.main import run
from gradewise.testing.malformed_rows import LABELS, WIDTH, Table, csv_table, json_table
from gradewise.workflows.plans.classifier import usual_columns

OF_EACH, N_SOUND, REFUSED = 36, 500, 2
"""Rows of each kind, sound rows beside them, and how a command ends that stops at bad rows."""


def malformed(trainings: Trainings) -> list[Measurement]:
    """Rows that were named with their reason, that were taken for sound, and commands that crashed."""
    tables = {
        "csv": csv_table(0, of_each=OF_EACH, n_sound=N_SOUND),
        "jsonl": json_table(0, of_each=OF_EACH, n_sound=N_SOUND),
    }
    return [
        measurement
        for kind, table in tables.items()
        for measurement in _of_table(table, trainings.scratch / f"rows.{kind}")
    ]


def _of_table(table: Table, path: Path) -> list[Measurement]:
    path.write_bytes(table.content)
    plan = _plan(path)
    named, codes = _checked(plan)
    quiet = ("--set-aside", "--quiet", "--output", str(path.with_name(f"runs-{path.suffix[1:]}")))
    codes |= {
        "train": _ended("train", str(plan), "--quiet"),
        "train --set-aside": _ended("train", str(plan), *quiet),
    }
    rightly = sum(reason in named.get(row, ()) for row, reason in table.reasons.items())
    taken = len(set(table.reasons) - set(named))
    expected = {"check-data": REFUSED, "train": REFUSED, "train --set-aside": 0}
    crashed = [command for command, code in codes.items() if code != expected[command]]
    n, kinds = len(table.reasons), len(Counter(table.reasons.values()))
    said = f"{n} malformed rows, {kinds} reasons, {len(table.sound_ids)} sound rows"
    return [
        Measurement(
            name=f"malformed rows of {path.name} named with their reason",
            value=rightly / n, unit="", asked=1, better="higher", note=said,
        ),
        Measurement(name=f"malformed rows of {path.name} accepted", value=taken, unit="rows", asked=0),
        Measurement(
            name=f"sound rows of {path.name} refused",
            value=len(set(named) - set(table.reasons)), unit="rows", asked=0,
        ),
        Measurement(
            name=f"commands that ended otherwise than they should on {path.name}",
            value=len(crashed), unit="of 3", asked=0, note="; ".join(crashed) or ", ".join(expected),
        ),
    ]  # fmt: skip


def _plan(path: Path) -> Path:
    expected = {name: each.model_dump(exclude_defaults=True) for name, each in usual_columns(WIDTH).items()}
    columns = {"id": "id", "text": "text", "label": "intent", "written_at": "timestamp"}
    plan = {
        "name": "malformed",
        "task": "nominal",
        "scale": list(LABELS),
        "data": {"train": str(path), "columns": columns, "expected": expected},
        "features": {"given": ["embeddings__*", "timestamp__hour", "has_personal_info"]},
        "classifier": {"search": {"method": "none"}},
        "output": str(path.parent / "runs"),
    }
    written = path.with_suffix(".yaml")
    written.write_text(json.dumps(plan), encoding="utf-8")  # every JSON is YAML
    return written


def _checked(plan: Path) -> tuple[Mapping[int, set[str]], dict[str, int]]:
    """By number of each row that `check-data` names, its reasons."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        code = run(["check-data", str(plan), "--json", "--quiet"])
    (file,) = json.loads(shown.getvalue())["files"]
    named = defaultdict(set)
    for each in file["rows_set_aside"]:  # a record for each reason of each row
        named[each["row"]].add(each["reason"])
    return named, {"check-data": code}


def _ended(*arguments: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return run(list(arguments))
