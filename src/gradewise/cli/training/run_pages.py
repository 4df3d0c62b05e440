"""A run as a person reads it in a terminal: everything that fits on a screen."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gradewise.cli.columns import listed
from gradewise.cli.terminal import printable
from gradewise.cli.training.run_views import duration, step_words
from gradewise.errors import PlanError
from gradewise.workflows.plans.reading import read_plan, rebased
from gradewise.workflows.runs.log_lines import last_lines
from gradewise.workflows.runs.state import RunState

LAST_LINES = 5
SHOWN_FILES = ("reports/report.html", "reports/*.html", "artifacts/*", "feature_store", "plan.yaml", "*.log")


def run_page(run: RunState) -> str:
    """Everything about a run that fits on a screen."""
    parts = [
        listed(dict(_facts(run))),
        _titled("plan", listed(_plan_lines(run.path))),
        _titled("figures", listed(_figures(run.metrics)) if run.metrics else ""),
        _titled("files of the run", "\n".join(_files(run.path))),
        _titled("run.log", "\n".join(last_lines(run.path, LAST_LINES))),
        _titled("stderr.log", "\n".join(_last(run.path / "stderr.log"))),
    ]
    return printable("\n\n".join(part for part in parts if part))


def _facts(run: RunState) -> Iterator[tuple[str, object]]:
    yield "run", run.path
    yield "command", run.command
    yield "state", run.state
    if run.failure_reason:
        yield "reason", " ".join(run.failure_reason.split())
    if run.signal:
        yield "signal", run.signal
    if run.state != "completed":
        yield "step", step_words(run)
    if run.state == "dead":
        yield "go on", f"gradewise runs resume {run.path.name}"
    if run.eta_seconds is not None:
        yield "step ends in", duration(run.eta_seconds)
    yield "started", f"{_when(run.started_at)} UTC"
    yield "last heard of", f"{_when(run.timestamp)} UTC"
    yield "worked for", duration(run.elapsed_seconds)
    if run.resumed:
        yield "resumed", f"{run.resumed} ×"
    for page in sorted((run.path / "reports").glob("*.html")):
        yield "report", page
    yield "process", f"{run.pid} on {run.host}"


def _plan_lines(directory: Path) -> Mapping[str, object]:
    """What a plan says first; a plan of another version is left to be read by eye."""
    try:
        plan = rebased(read_plan(directory / "plan.yaml"), Path.cwd())
    except PlanError as error:
        return {"plan.yaml": error}
    filters, model = plan.data.filters, plan.model
    return {
        "experiment": plan.name,
        "data": ", ".join(str(file) for file in (plan.data.train, plan.data.test) if file),
        "words": f"{filters.min_words or 'from none'} to {filters.max_words or 'any number'}",
        "scale": plan.scale,
        "splits": f"{plan.split.scheme}, {plan.split.folds} folds, seed {plan.split.seed}",
        "features": f"{plan.features.set}, {', '.join(plan.features.groups or ('every group',))}",
        "given": ", ".join(plan.features.given) or "none",
        "text learners": ", ".join(plan.features.text_learners) or "none",
        "model": f"{model.engine}, {model.probabilities}, {model.decision}, seed {model.seed}",
    }


def _files(directory: Path) -> Iterator[str]:
    found = dict.fromkeys(path for pattern in SHOWN_FILES for path in sorted(directory.glob(pattern)))
    return (str(path.relative_to(directory)) for path in found)


def _last(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    except OSError:
        return ()


def _titled(title: str, text: str) -> str:
    body = "\n".join(f"  {line}" for line in text.splitlines())
    return f"{title}\n{body}" if body else ""


def _when(timestamp: str) -> str:
    return timestamp[:16].replace("T", " ")


def _figures(metrics: Mapping[str, float | None]) -> dict[str, str]:
    return {name: "not defined" if value is None else f"{value:.4f}" for name, value in metrics.items()}
