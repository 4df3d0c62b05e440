"""Prepare a dataset: read, filtered and checked once, and written so that every experiment reads the same."""

import hashlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gradewise.errors import InputError, LeakError
from gradewise.essays.cards import describe_card, metrics_allowed
from gradewise.essays.integrity import IntegrityReport, find_leaks, inspect_essays
from gradewise.essays.leaks import TEST_TEXT_IN_TRAINING
from gradewise.essays.origins import origin_to_json
from gradewise.essays.prepared import ROLES, prepared_columns, prepared_csv
from gradewise.essays.suggestions import quotable
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Statement
from gradewise.reporting.topics.bad_rows import bad_rows_sections
from gradewise.reporting.topics.integrity import ReadFile, integrity_sections, integrity_statements
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.read_dataset import ReadData, read_dataset
from gradewise.workflows.datasets.reading import FileOfEssays
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import plan_yaml, read_plan, rebased
from gradewise.workflows.research.publishing import bench_page, origin_facts, write_page
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.runs.rows_set_aside import write_rows_set_aside
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services

SCHEMA_VERSION = 1
"""Of ``dataset.json``."""
FOLDER = Path("artifacts/datasets")
"""Where prepared files lie in a run directory."""
REPORT = "dataset_integrity_report"
"""Name of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """What a finished preparation leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    plan: Path
    """A plan that trains on the prepared files as they are."""
    train: Path
    """Essays to learn from."""
    test: Path | None
    """The locked test file; ``None`` when there was none."""
    integrity: IntegrityReport
    """What was found in the essays that are kept."""
    files: tuple[ReadFile, ...]
    """What became of each file's rows."""


@dataclass(frozen=True, slots=True)
class _PreparedFile:
    """A file that is written."""

    role: str
    path: Path
    sha256: str
    n_essays: int


def prepare_files(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> PreparedRun:
    """Read, filter and check essays, write them under columns of one name each, and report.

    Raises:
        InputError, PlanError: the data cannot be used; nothing is written.
        LeakError: training file and test file share a text.
    """
    with stage(listener, "reading essays"):
        read = read_dataset(plan, services, listener)
        refuse_overlap(read)
        columns = prepared_columns(read.essays)
    with open_run(
        read.plan, "prepare-dataset", services, listener, content=read.origin.sha256, resume=resume
    ) as run:
        with stage(run.listener, "writing and checking"):
            prepared = _write_all(run.directory, read, columns, services)
        run.tell(dataset={each.role: {"essays": each.n_kept, "file": each.name} for each in prepared.files})
    return prepared


def refuse_overlap(read: ReadData) -> None:
    """Pass when no text of the locked test file is in the training file.

    Raises:
        LeakError: one is; the message names both essays.
    """
    leaks = () if read.test is None else find_leaks(read.pool.kept, read.test.kept)
    if leaks:
        trains, tests = (quotable(each) for each in leaks[0])
        raise LeakError(
            TEST_TEXT_IN_TRAINING,
            f"leakage: {len(leaks)} times a text of the test file is in the training file {read.location}, "
            f"first as test essay {tests!r} and training essay {trains!r}; leave the copies out of one side",
        )


def _write_all(
    run: RunDirectory, read: ReadData, columns: tuple[str, ...], services: Services
) -> PreparedRun:
    """Prepared files, the plan that trains on them, what is known of them, and the report."""
    parts = [(role, part) for role, part in (("train", read.pool), ("test", read.test)) if part is not None]
    files = tuple(_write(run, role, _name(read.plan), part, columns) for role, part in parts)
    saved = _write_plan(run, read, files, columns)
    _require_same_again(saved, read, services)
    counts = tuple(_counts(role, part, read) for role, part in parts)
    integrity = read.integrity()
    run.write_json(str(FOLDER / "dataset.json"), _record(read, files, counts, services))
    write_rows_set_aside(run, integrity.rejected)
    page = _page(read, files, counts, integrity, services)
    return PreparedRun(
        directory=run.path,
        html=write_page(page, run, REPORT),
        plan=saved,
        train=files[0].path,
        test=files[1].path if len(files) > 1 else None,
        integrity=integrity,
        files=counts,
    )


def _name(plan: Plan) -> str:
    return plan.name if plan.data.kind == "csv" else plan.data.kind


def _write(
    run: RunDirectory, role: str, name: str, part: FileOfEssays, columns: tuple[str, ...]
) -> _PreparedFile:
    content = prepared_csv(part.kept, columns)
    path = run.write_text(str(FOLDER / f"{name}_{role}_prepared.csv"), content)
    return _PreparedFile(role, path, hashlib.sha256(content.encode()).hexdigest(), len(part.kept))


def _write_plan(
    run: RunDirectory, read: ReadData, files: tuple[_PreparedFile, ...], columns: tuple[str, ...]
) -> Path:
    """The plan as it was asked for, on the prepared files; what concerned this run alone is left out."""
    plan, directory = read.plan, run.path / FOLDER
    named = plan.data.columns.model_copy(
        update={role: role if role in columns else None for role in ROLES}
        | {"groups": tuple(name for name in plan.data.columns.groups if name in columns)}
    )
    paths = {each.role: each.path for each in files}
    prepared = plan.model_copy(
        update={
            "data": plan.data.model_copy(
                update={
                    "train": paths["train"],
                    "test": paths.get("test"),
                    "columns": ColumnsPlan.model_validate(named.model_dump()),
                    "on_bad_rows": "stop",
                    "expected": {},
                }
            ),
            "split": plan.split.model_copy(update={"reuse": None}),
            "features": plan.features.model_copy(update={"store": None}),
            "run_name": None,
        }
    )
    return run.write_text(str(FOLDER / "plan.yaml"), plan_yaml(rebased(prepared, directory)))


def _require_same_again(saved: Path, read: ReadData, services: Services) -> None:
    """Pass when the prepared files read back as the essays that were written."""
    again = read_dataset(read_plan(saved), services, silent)
    for before, after in zip(read.essays, again.essays, strict=False):
        if before != after:
            raise InputError(f"{saved}: essay {quotable(before.id)!r} does not read back as it was written")
    if len(read.essays) != len(again.essays):
        raise InputError(f"{saved}: {len(again.essays)} of {len(read.essays)} essays read back")


def _counts(role: str, part: FileOfEssays, read: ReadData) -> ReadFile:
    alone = inspect_essays(
        replace(part.intake, essays=part.kept), scale=read.scale, min_label_count=read.n_folds + 1
    )
    (name,) = (each.name for each in read.origin.sources if each.role == role)
    left_out_unread = part.dropped.get("prompt", 0)
    return ReadFile(
        role=role,
        name=name,
        n_rows=len(part.intake.essays) + len(part.intake.set_aside) + left_out_unread,
        set_aside=alone.set_aside,
        dropped=part.dropped,
        integrity=alone,
    )


def _record(
    read: ReadData, files: tuple[_PreparedFile, ...], counts: tuple[ReadFile, ...], services: Services
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "created_at": services.clock().isoformat(timespec="seconds"),
        "git_sha": services.versions.get("git", ""),
        **origin_to_json(read.origin),
        "scale": list(read.scale.grades),
        "card": None if read.card is None else asdict(read.card),
        "metrics_allowed": metrics_allowed(read.card),
        "counts": {
            each.role: {
                "rows": each.n_rows,
                "set_aside": dict(each.set_aside),
                "dropped": dict(each.dropped),
                "kept": each.n_kept,
                "label_counts": dict(each.integrity.label_counts),
            }
            for each in counts
        },
        "files": [
            {"role": each.role, "name": each.path.name, "sha256": each.sha256, "essays": each.n_essays}
            for each in files
        ],
    }


def _page(
    read: ReadData,
    files: tuple[_PreparedFile, ...],
    counts: tuple[ReadFile, ...],
    integrity: IntegrityReport,
    services: Services,
) -> Page:
    blocked = () if metrics_allowed(read.card) else (Statement("bad", describe_card(read.card)),)
    return bench_page(
        read.plan,
        services,
        (
            *origin_facts(read.origin),
            ("terms", describe_card(read.card)),
            *((f"{each.role} prepared", f"{each.path.name}, sha256 {each.sha256}") for each in files),
        ),
        title=f"Dataset {_name(read.plan)}",
        subtitle=f"{len(read.essays):,} essays, scale {read.scale.name}",
        statements=(*blocked, *integrity_statements(counts, integrity)),
        sections=(*integrity_sections(counts, integrity), *bad_rows_sections(integrity.rejected)),
    )
