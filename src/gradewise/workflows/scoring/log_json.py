"""Answers as a program or a spreadsheet takes them; no essay text is in them, as none is in the log."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.registry.record_json import to_json_value
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreRecord
from gradewise.workflows.registry.export import to_csv

CORRECTED = ("grade", "corrected_by", "corrected_at", "reason")
_APART = frozenset({"values", "prediction"})


def score_to_json(record: ScoreRecord, correction: Correction | None) -> dict[str, Any]:
    """An answer with all that is known of it but the numbers that were read."""
    draft = record.draft
    plain = {name: getattr(draft, name) for name in draft.__dataclass_fields__ if name not in _APART}
    decided = None if correction is None else {name: getattr(correction, name) for name in CORRECTED}
    link = {"previous": record.previous, "digest": record.digest}
    content = {
        "serial": record.serial,
        **plain,
        "n_values": len(draft.values) // 4,
        **link,
        "correction": decided,
    }
    told: dict[str, Any] = to_json_value(content)
    return {**told, "prediction": prediction_of(record)}


def prediction_of(record: ScoreRecord) -> Mapping[str, Any]:
    """What was answered; empty where the record was harmed so that it cannot be read."""
    try:
        read = json.loads(record.draft.prediction)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def score_cells(record: ScoreRecord, correction: Correction | None) -> dict[str, Any]:
    """An answer as one line of a table."""
    told, said = score_to_json(record, correction), prediction_of(record)
    decided = told.pop("correction") or dict.fromkeys(CORRECTED)
    del told["prediction"]
    figures = {name: said.get(name) for name in ("score", "confidence", "agreement", "released")}
    advisories = [each.get("code", "") for each in said.get("advisories") or () if isinstance(each, dict)]
    corrected = {f"correction_{name.removeprefix('corrected_')}": value for name, value in decided.items()}
    return {**told, **figures, "advisories": " ".join(advisories), **corrected}


def jsonl_lines(page: Sequence[ScoreRecord], decided: Mapping[str, Correction]) -> str:
    """A line of JSON for each answer."""
    return "".join(
        f"{json.dumps(score_to_json(each, decided.get(each.draft.id)), ensure_ascii=False)}\n"
        for each in page
    )


def csv_lines(page: Sequence[ScoreRecord], decided: Mapping[str, Correction], *, first: bool) -> str:
    """A line for each answer, with the names of the columns before the first; no cell is a formula."""
    table = to_csv(score_cells(each, decided.get(each.draft.id)) for each in page)
    return table if first else table.partition("\r\n")[2]
