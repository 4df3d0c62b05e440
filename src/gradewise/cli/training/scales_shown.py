"""Scales and maps between them, as the command line shows and applies them."""

import json as as_json
import sys
from pathlib import Path
from typing import Any

from gradewise.bootstrap import open_table
from gradewise.cli.columns import listed
from gradewise.cli.csv_tables import csv_text
from gradewise.cli.terminal import err, out
from gradewise.essays.scale_maps import MAPS, ScaleMap
from gradewise.essays.scales import SCALES
from gradewise.reporting.wording import counted
from gradewise.whole_files import write_whole
from gradewise.workflows.datasets.other_scale import map_table


def list_shown(*, json: bool) -> None:
    """Show every scale with its grades, and every map with its table, source and what to mind."""
    if json:
        found = {
            "scales": {scale.name: list(scale.grades) for scale in SCALES.values()},
            "maps": [_map_record(each) for each in MAPS],
        }
        out.print(as_json.dumps(found, ensure_ascii=False, indent=2), soft_wrap=True)
        return
    out.print(listed({scale.name: " ".join(scale.grades) for scale in SCALES.values()}), soft_wrap=True)
    for each in MAPS:
        out.print()
        out.print(listed(_map_facts(each)), soft_wrap=True)


def _map_facts(by: ScaleMap) -> dict[str, str]:
    reached = dict[str, list[str]]()
    for grade in by.source.grades:
        reached.setdefault(by.table[grade] or "none", []).append(grade)
    return {
        "map": f"{by.name}, version {by.version}: {by.source.name} to {by.target.name}",
        "grades": "; ".join(f"{found} from {' '.join(grades)}" for found, grades in reached.items()),
        "source": by.citation,
        "mind": by.note,
    }


def _map_record(by: ScaleMap) -> dict[str, Any]:
    return {
        "name": by.name,
        "version": by.version,
        "from": by.source.name,
        "to": by.target.name,
        "grades": dict(by.table),
        "citation": by.citation,
        "note": by.note,
    }


def map_shown(file: Path, by: ScaleMap, *, label: str | None, output: Path | None) -> None:
    """Write a table with grades of the other scale beside its own, and say by what map, and what it lacks."""
    found = map_table(open_table(file), by, label=label)
    err.print(f"{found.column!r} by {by.name}, version {by.version}: {by.citation}", soft_wrap=True)
    err.print(f"note: {by.note}", soft_wrap=True)
    if found.left_out:
        grades = ", ".join(f"{grade} ({n})" for grade, n in found.left_out.items())
        rows = counted(sum(found.left_out.values()), "row")
        err.print(
            f"note: {rows} left out, of grades without one on {by.target.name}: {grades}", soft_wrap=True
        )
    if output is None:
        sys.stdout.write(csv_text(found.rows))
        return
    write_whole(output, csv_text(found.rows))
    err.print(f"{counted(len(found.rows), 'row')} written to {output}", soft_wrap=True)
