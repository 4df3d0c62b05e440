"""The demonstration of classification: texts with intents, a classifier, and what it says of two texts."""

from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.asking import plan_from
from gradewise.cli.grading.class_views import class_panel
from gradewise.cli.terminal import err, out
from gradewise.cli.training.demonstration import write_rows
from gradewise.cli.training.training import show_run, train_shown
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import load_bundle
from gradewise.settings import read_settings
from gradewise.testing.intents import COLUMNS, NO_INTENT, generate_intents
from gradewise.workflows.score import score_many
from gradewise.workflows.training.trained_run import TrainedRun

SAMPLES = (
    Essay(id="sample: known", text="I think I left my card on the bus, can you block it"),
    Essay(id="sample: of no intent", text="which planet has the most moons"),
)
"""Written by hand, in other words than the generated ones."""


def demonstrate_classes(*, data: Path | None, n_texts: int, seed: int, output: Path) -> None:
    """Train, show figures and files, then classify two texts; of own data one of the locked test set."""
    source = data or write_intents(n_texts, seed, output / "demo" / "texts.csv")
    apart = None if data else NO_INTENT
    plan = plan_from(
        source,
        {
            "task": "nominal",
            "output": output,
            "name": None if data else "demo-intents",
            "classifier.out_of_scope": apart,
        },
    )
    run = train_shown(plan, quiet=False)
    show_run(run, plan, quiet=False)
    _classify(run, SAMPLES if data is None else (run.example,))


def write_intents(n_texts: int, seed: int, path: Path) -> Path:
    """Write generated texts as a CSV file that a user can look at and imitate."""
    write_rows(path, COLUMNS, [each.row() for each in generate_intents(n_texts, seed=seed)])
    err.print(f"{n_texts} texts with intents generated: {path}", soft_wrap=True)
    return path


def _classify(run: TrainedRun, texts: tuple[Essay, ...]) -> None:
    bundle = load_bundle(run.bundle)
    with services_from(read_settings()) as services:
        predictions = list(score_many(bundle, texts, services, n_reasons=0))
    for text, prediction in zip(texts, predictions, strict=True):
        right = f", right class {text.label}" if text.label else ""
        out.print()
        out.print(class_panel(prediction, title=f"One text classified: {text.id}{right}"))
