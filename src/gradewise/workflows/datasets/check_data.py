"""Check data: every row of the files of a plan is looked at, and nothing is learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import InputError
from gradewise.essays.bad_rows import Rejected, rejected_to_json
from gradewise.essays.intake import Intake, examine_rows
from gradewise.essays.prompt_scales import PromptScales, find_scales
from gradewise.essays.scales import Scale, class_scale
from gradewise.protocols.tables import EssaySource
from gradewise.reporting.topics.bad_rows import rows_by_reason
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.datasets.reading import (
    column_map,
    expectations,
    guessed_scale,
    scale_of_most,
    with_named_columns,
)
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What was found in one file."""

    role: str
    """``train`` or ``test``."""
    location: str
    """The file."""
    n_rows: int
    """Rows that it has, sound or not."""
    rejected: tuple[Rejected, ...]
    """Rows that cannot be used."""
    repaired: Mapping[str, int]
    """Texts by kind of repair made to them."""

    @property
    def by_reason(self) -> Mapping[str, tuple[Rejected, ...]]:
        """Rows by each reason that holds of them, most rows first."""
        return dict(rows_by_reason(self.rejected))


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCheck:
    """What was found in the files of a plan."""

    files: tuple[CheckedFile, ...]
    """Training file first."""
    stops: bool
    """Whether the plan stops at a bad row rather than leaving it out."""

    @property
    def n_bad(self) -> int:
        """Rows that cannot be used."""
        return sum(len(each.rejected) for each in self.files)

    @property
    def n_sound(self) -> int:
        """Rows that can."""
        return sum(each.n_rows for each in self.files) - self.n_bad

    @property
    def passed(self) -> bool:
        """Whether training would begin: there is a sound row, and no bad one unless these are left out."""
        return self.n_sound > 0 and not (self.stops and self.n_bad)


def check_data(plan: Plan, services: Services, *, listener: Listener = silent) -> DataCheck:
    """Look at every row of the files of a plan.

    Raises:
        InputError: a file cannot be read at all, or a column is missing.
    """
    files = [("train", plan.data.train), *([("test", plan.data.test)] if plan.data.test else [])]
    with stage(listener, "reading rows", total=len(files), unit="files") as done:
        checked = []
        for number, (role, path) in enumerate(files, start=1):
            checked.append(_checked(role, path, plan, services, listener))
            done(number)
    return DataCheck(files=tuple(checked), stops=plan.data.on_bad_rows == "stop")


def _checked(role: str, path: Path, plan: Plan, services: Services, listener: Listener) -> CheckedFile:
    source = services.open_data(path, plan.data)
    found = with_named_columns(plan, source, listener, needed=("text",))
    intake = _examined(found, source, _scales(found, source, listener))
    return CheckedFile(
        role=role,
        location=source.location,
        n_rows=len(intake.essays) + len(intake.set_aside),
        rejected=intake.set_aside,
        repaired=intake.repaired,
    )


def _examined(plan: Plan, source: EssaySource, scales: Scale | PromptScales | None) -> Intake:
    return examine_rows(
        source.records(),
        source.columns(),
        column_map(plan.data.columns, given=plan.features.given),
        scales,
        location=source.location,
        trait_scale=scales if plan.trait_scale is None else find_scales(plan.trait_scale),
        expected=expectations(plan),
        needs_words=plan.task == "ordinal",
    )


def _scales(plan: Plan, source: EssaySource, listener: Listener) -> Scale | PromptScales | None:
    """What spells the labels; ``None``, and said so, where any label will do."""
    columns = plan.data.columns
    if plan.task == "nominal":
        named = isinstance(plan.scale, tuple)
        return class_scale(map(str, plan.scale)) if named else None  # type: ignore[arg-type]
    if plan.scale is not None:
        return find_scales(plan.scale)
    if columns.label is None:
        listener(Notice(f"{source.location}: no column of labels is found, so labels are not looked at"))
        return None
    try:
        return guessed_scale(source, columns, plan.data.filters)
    except InputError as error:
        return _scale_of_most(source, plan, listener, why=error)


def _scale_of_most(source: EssaySource, plan: Plan, listener: Listener, *, why: InputError) -> Scale | None:
    """Of nearly all labels, so that the others are bad rows, as in a training; else any will do."""
    try:
        scale = scale_of_most(source, plan.data.columns, plan.data.filters)
    except InputError:
        scale = None
    if scale is None:
        listener(Notice(f"any label will do, as {why}"))
    else:
        listener(Notice(f"scale {scale.name} ({' '.join(scale.grades)}), as nearly all labels suggest"))
    return scale


def check_to_json(check: DataCheck) -> dict[str, Any]:
    """Plain values; hold no text of any row."""
    return {
        "passed": check.passed,
        "on_bad_rows": "stop" if check.stops else "set_aside",
        "files": [
            {
                "role": each.role,
                "file": each.location,
                "rows": each.n_rows,
                "bad_rows": len(each.rejected),
                "by_reason": {reason: len(rows) for reason, rows in each.by_reason.items()},
                "repaired": dict(each.repaired),
                "rows_set_aside": rejected_to_json(each.rejected),
            }
            for each in check.files
        ],
    }
