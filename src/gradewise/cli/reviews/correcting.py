"""Corrections exported, and taught to a new model."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from gradewise.bootstrap import review_secret, services_from, source_services
from gradewise.cli.columns import listed
from gradewise.cli.moments import moment_of
from gradewise.cli.reviews.reviewing import ID_SHOWN
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import out, progress_shown
from gradewise.cli.training.training import show_run, train_shown
from gradewise.models.bundles.bundle import load_bundle
from gradewise.settings import read_settings, source_url_in
from gradewise.workflows.datasets.source_query import essay_query
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.plans.source import SourcePlan
from gradewise.workflows.scoring.snapshots import Snapshot, export_snapshot, read_snapshot
from gradewise.workflows.scoring.stored_texts import StoredTexts

SNAPSHOTS = "corrections"
"""Under the directory of runs: where `retrain --since` keeps what it exports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Which corrections are meant."""

    snapshot: Path | None
    """A snapshot on disk."""
    since: str | None
    """Or those in the score log from a date on."""
    essays: tuple[Path, ...]
    """Then: files that hold the texts."""


def export_shown(
    essays: Sequence[Path],
    output: Path,
    *,
    since: str | None,
    name: str | None,
    reasons: bool,
    quiet: bool,
    source: Path | None = None,
) -> Snapshot:
    """Export corrections with progress on the terminal, and say what is in the snapshot."""
    settings, from_when = read_settings(), moment_of(since)
    stored = None if source is None else _stored_texts(source)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        snapshot = with_score_log(
            partial(
                export_snapshot,
                files=essays,
                output=output,
                services=services,
                salt=review_secret(settings),
                since=from_when,
                model_name=name,
                reasons=reasons,
                stored=stored,
                listener=listener,
            )
        )
    if not quiet:
        counts = {name.replace("_", " "): count for name, count in snapshot.counts.items()}
        out.print(
            listed({**counts, "snapshot": snapshot.directory, "sha256": snapshot.sha256}), soft_wrap=True
        )
    return snapshot


def _stored_texts(plan: Path) -> StoredTexts:
    """The database that a plan's `source` describes."""
    asked = read_plan(plan).source or SourcePlan()
    services = source_services(source_url_in(asked.url_variable))
    return StoredTexts(query=essay_query(asked, now=services.clock()), open_database=services.open_database)


def retrain_shown(plan: Plan, told: Corrections, *, promote: bool, quiet: bool) -> None:
    """Train anew with corrections, and register and promote where that is asked.

    Raises:
        GateError: the model is to be promoted and does not pass.
    """
    snapshot = _snapshot(plan, told, quiet=quiet)
    data = plan.data.model_copy(update={"corrections": snapshot.directory})
    tracking = plan.tracking
    if promote:
        tracking = tracking.model_copy(update={"register_model": True})
    plan = plan.model_copy(update={"data": data, "tracking": tracking})
    run = train_shown(plan, quiet=quiet)
    show_run(run, plan, quiet=quiet)
    if promote:
        from gradewise.cli.registry.doing import promote_shown

        metadata = load_bundle(run.bundle).metadata
        promote_shown(
            f"{metadata.name}:{metadata.version}",
            stage="staging",
            data=None,
            plan=None,
            override=None,
            reason=f"trained anew with {metadata.data.n_corrected} corrections",
            quiet=quiet,
        )


def _snapshot(plan: Plan, told: Corrections, *, quiet: bool) -> Snapshot:
    if told.snapshot is not None and told.since is None:
        return read_snapshot(told.snapshot)
    if told.snapshot is not None or told.since is None or not told.essays:
        raise typer.BadParameter(
            "name a snapshot, --with-corrections DIRECTORY, or decisions with their texts, "
            "--since 2026-03-01 --essays graded.csv"
        )
    kept = plan.output / SNAPSHOTS
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept, prefix=".") as directory:
        made = export_shown(
            told.essays,
            Path(directory) / "snapshot",
            since=told.since,
            name=plan.name,
            reasons=False,
            quiet=quiet,
        )
        place = kept / made.sha256[:ID_SHOWN]
        if not place.exists():
            made.directory.rename(place)
    return read_snapshot(place)
