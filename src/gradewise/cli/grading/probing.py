"""Trying a model on changed essays, as the terminal shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import services_from
from gradewise.cli.asking import plan_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.columns import listed
from gradewise.cli.terminal import out, progress_shown
from gradewise.cli.training.demonstration import write_generated
from gradewise.errors import PlanError
from gradewise.evaluation.robustness import RobustnessEvaluation, Verdict
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.naming import IN_RUN
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.topics.robustness import MARKS, asked, found
from gradewise.reporting.wording import percentage
from gradewise.settings import read_settings
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.measuring.bundle_needs import with_task_of_training
from gradewise.workflows.robustness import probe_bundle
from gradewise.workflows.services import Services
from gradewise.workflows.trial_essays import Trial, essays_of_file, locked_essays

GENERATED = (
    "the essays are generated and may be unlike those that the model is for; a file of real ones tells more: "
    "gradewise robustness essays.csv"
)
STYLES: Mapping[Verdict, str] = {"holds": "green", "broken": "red", "not shown": "yellow", "not tried": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was typed after `gradewise robustness`."""

    source: Path | None
    """File of essays or plan."""
    model: Path | None
    """Bundle or run directory."""
    embedding_model: Path | None
    """Directory of the text model that the bundle needs."""
    sample: int
    """Most essays."""
    seed: int
    """Of draw and changes."""
    prompt_text: str | None
    """The task."""
    options: dict[str, Any]
    """Values of the plan by dotted key; ``None`` is not given."""


def probe_shown(asked_for: Probed, *, quiet: bool) -> None:
    """Try a model with progress on the terminal, and show how its grades answer."""
    path = find_bundle(asked_for.model)
    bundle = load_bundle(path)
    bundle.require_grades("gradewise robustness")
    settings = read_settings().with_embedding_model(asked_for.embedding_model)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        trial = _with_task(_trial(asked_for, bundle, path, services, listener), asked_for.prompt_text)
        known = with_task_of_training(bundle, trial.read.kept, listener)
        trial = replace(trial, read=replace(trial.read, kept=known))
        run = probe_bundle(
            bundle, trial, services, sample=asked_for.sample, seed=asked_for.seed, listener=listener
        )
    out.print()
    if run.report.metrics_allowed:
        out.print(robustness_table(run.evaluation))
    else:
        out.print("No figures: the dataset card blocks metrics (smoke test only).")
    out.print()
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)


def robustness_table(evaluation: RobustnessEvaluation) -> Table:
    """How grades answer each change, a row each."""
    table = Table(
        title=f"How grades answer changes to {evaluation.n} essays (grade steps, share of essays)",
        title_justify="left",
        caption=", ".join(f"{mark} {verdict}" for verdict, mark in MARKS.items()),
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("change to the text")
    for heading in ("asked", "found", "rose", "fell"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for row in evaluation.responses:
        table.add_row(
            row.perturbation.title,
            asked(row),
            found(row),
            percentage(row.raised),
            percentage(row.lowered),
            Text(MARKS[row.verdict], style=STYLES[row.verdict]),
        )
    return table


def _trial(asked_for: Probed, bundle: Bundle, path: Path, services: Services, listener: Listener) -> Trial:
    """The essays of the file that was named; else those that the training locked away; else generated ones.

    Raises:
        PlanError: no file is named, and options say how to read it.
    """
    if asked_for.source is not None:
        return essays_of_file(bundle, plan_from(asked_for.source, asked_for.options), services, listener)
    output = asked_for.options.get("output")
    if any(value for key, value in asked_for.options.items() if key != "output"):
        raise PlanError(
            "options say how to read a file of essays, and none is named; name it, such as: "
            "gradewise robustness essays.csv"
        )
    locked = locked_essays(path.resolve().parents[len(IN_RUN.parts) - 1], services, listener)
    if locked is None:
        return _generated(asked_for, bundle, services, listener)
    return replace(locked, plan=locked.plan.model_copy(update={"output": output or locked.plan.output}))


def _generated(asked_for: Probed, bundle: Bundle, services: Services, listener: Listener) -> Trial:
    output = asked_for.options.get("output") or Path("output")
    written = write_generated(
        asked_for.sample,
        asked_for.seed,
        output / "robustness" / "essays.csv",
        language=bundle.schema.language,
    )
    listener(Notice(GENERATED))
    plan = plan_from(written, {"name": "robustness", "output": output})
    trial = essays_of_file(bundle, plan, services, listener)
    return replace(trial, notices=(*trial.notices, GENERATED))


def _with_task(trial: Trial, prompt_text: str | None) -> Trial:
    """The trial with the task given to essays that come without theirs."""
    kept = tuple(
        essay if essay.prompt_text else replace(essay, prompt_text=prompt_text) for essay in trial.read.kept
    )
    return replace(trial, read=replace(trial.read, kept=kept))
