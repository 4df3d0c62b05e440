"""`gradewise train`."""

import typer

from gradewise.cli.asked import Asked
from gradewise.cli.options import CLASSES, named_options, options_of, under
from gradewise.cli.plan_command import asked_command

_MOST_USED = named_options(
    "name", "task", "scale", "text_column", "label_column", "second_label_column", "prompt_column",
    "prompt", "trait", "given", "test", "language", "scheme", "feature_set", "embedding_model",
    "embedding_components", "engine", "decision", "set_aside", "allow_pickle", "seed", "run_name",
    "register", "mlflow", "output",
)  # fmt: skip
OPTIONS = (*_MOST_USED, *options_of(CLASSES), *under(CLASSES, "trials"))
"""What most people need; everything else stands in a plan."""


@asked_command("train", OPTIONS, recipe=True)
def train(*, asked: Asked, quiet: bool) -> None:
    """Train a grading model or a classifier, evaluate it, and write a bundle and a report.

    [bold]gradewise train essays.csv[/] finds the columns and the scale itself and says what it found;
    [bold]gradewise train texts.csv --task nominal[/] learns classes without an order, such as intents;
    [bold]gradewise train config.yaml[/] does what a configuration of text classification says;
    [bold]gradewise init essays.csv[/] writes a plan in which everything can be changed;
    [bold]gradewise run[/] is the same with every option of the research bench.
    """
    from gradewise.cli.training.training import show_run, train_shown

    if asked.source is None:
        raise typer.BadParameter("name a plan or a file of texts, such as: gradewise train essays.csv")
    plan = asked.plan()
    show_run(train_shown(plan, quiet=quiet), plan, quiet=quiet)
