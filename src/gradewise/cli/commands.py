"""Which commands there are, in the order of help, and which module makes each: known before any is imported.

What is said here of a command is what its module says; a test holds the two against each other. Headings stand
here alone: what somebody wants to do, the usual things first.
"""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Known:
    """A command, or a group of them, as far as the program's own help shows it."""

    name: str
    """As it is typed."""
    module: str
    """Of `gradewise.cli`; its import adds the command to the program."""
    help: str
    """The first paragraph of its help."""
    kind: Literal["command", "group"] = "command"
    """Whether other commands stand below it."""
    panel: str = ""
    """Under which heading help shows it."""
    hidden: bool = False
    """Whether help leaves it out: another name of a command."""


def _group(name: str, module: str, help_: str) -> Known:
    return Known(name, module, help_, kind="group")


def _under(panel: str, *known: Known) -> tuple[Known, ...]:
    return tuple(replace(each, panel=panel) for each in known)


_SWEEP = "Evaluate a grid of settings on the same folds, and say whether the best is more than luck."
_TUNE = "Search for better settings, and check what the search is worth on essays that took no part in it."

COMMANDS = (
    *_under(
        "A model of your own",
        Known("demo", "training.demo", "See the whole thing: train on graded essays, evaluate, report, grade one essay."),
        Known("init", "training.setup", "Write a plan in which every option is explained, or a configuration of text classification."),
        _group("plan", "training.setup", "Work with plans."),
        Known("check-data", "training.check_data", "Look at every row without training: which cannot be used, and everything that is wrong with each."),
        _group("scales", "training.scales", "Look at scales of grades, and bring grades from one scale to another."),
        Known("train", "training.train", "Train a grading model or a classifier, evaluate it, and write a bundle and a report."),
        _group("runs", "training.runs", "Look at runs, and go on with those that were stopped."),
        Known("doctor", "training.setup", "Say what is installed, what is missing, and what that costs; exit code 1 when something needed is."),
    ),
    *_under(
        "Grade and explain",
        Known("score", "grading.score", "Grade one essay or a file of essays, or tell the classes of texts, as the model does."),
        Known("explain", "grading.explain", "Say why one essay gets its grade, or one text its class."),
    ),
    *_under(
        "Is it good enough?",
        Known("evaluate", "grading.evaluate", "Compare a model's grades or classes with a teacher's, on texts it has not seen, and write a report."),
        Known("robustness", "grading.robustness", "Change essays so that the effect on the grade is known, and see whether the model answers as it must."),
        Known("compare", "registry.compare_models", "Compare two models on the same texts: on the whole, by prompt and grade or class, and what changes."),
        Known("validate", "registry.validate", "Hold a model to the gates of its plan, on texts it has not seen; exit code 1 unless it passes."),
        Known("drift", "grading.drift", "Say whether texts have changed since a model was trained; exit code 3 if they have drifted."),
    ),
    *_under(
        "Comparative judgement",
        _group("judge", "judge.judge", "Scores and grades from comparative judgement: which of two essays is better, many times over."),
        _group("batches", "judge.batches", "Bring in batches of judged essays, look at them, and tell what they came to."),
        Known("finalize", "judge.finalize", "Make a judged batch final: scores, grades by its anchors and by a model as one; once and for all."),
    ),
    *_under(
        "Models in use",
        _group("registry", "registry.acts", "Register models, look at them, bring them to production, and take them back."),
        _group("challenger", "registry.challenger", "See how the model on trial does beside the one in production."),
        _group("ensemble", "registry.ensemble", "Put several models behind one name, as one."),
        _group("keys", "registry.keys", "Make and revoke the keys that say which models a server may serve."),
        _group("db", "registry.db", "Look after the tables of the registry's database."),
        Known("watch", "registry.watch", "Train on each dataset that arrives in a directory, once it has been written to its end."),
    ),
    *_under(
        "A scoring service",
        Known("serve", "service.serve", "Grade or classify texts over HTTP, and gRPC, until stopped; another model takes over without a pause."),
        Known("worker", "service.worker", "Grade or classify texts that come as events, until stopped; answers go back as events."),
        _group("tokens", "service.tokens", "Make tokens for those who may ask a service, list them, and take them back."),
        _group("scores", "scores.scores", "Look at grades that were given, make them again, prove them unchanged."),
        _group("ops", "service.ops", "Write what watches and carries a service."),
    ),
    *_under(
        "Teachers decide",
        _group("reviews", "reviews.reviews", "Look at grades that wait for a teacher, and decide about them."),
        _group("corrections", "reviews.corrections", "Look at what teachers decided, and export it as training data."),
        Known("retrain", "reviews.retrain", "Train a plan's model anew on its texts and on what teachers decided since."),
    ),
    *_under(
        "Research",
        Known("extract-training-data", "research.extract_training_data", "Read graded essays from a school's database, and write a Parquet file to train on."),
        Known("prepare-dataset", "research.prepare_dataset", "Read, filter and check texts, and write them as files that every experiment reads alike."),
        Known("make-splits", "research.make_splits", "Divide texts into a locked test set and folds, by several schemes, for every later experiment."),
        Known("featurize", "research.featurize", "Measure texts and keep what was measured as a feature store; nothing is trained."),
        Known("run", "research.run", "Train one model as [bold]gradewise train[/] does, with every option of the research bench."),
        Known("cv", "research.cv", "Cross-validate: every text is told by a model that has not seen it; no model is kept."),
        Known("drop-column", "research.drop_column", "Leave out each measured column in turn, and say which ones the model needs."),
        Known("ablation", "research.ablation", "Learn from parts of the columns on the same folds, and say what each part adds."),
        Known("sweep", "research.sweep", _SWEEP),
        Known("xgb-sweep", "research.sweep", _SWEEP, hidden=True),
        Known("tune", "research.tune", _TUNE),
        Known("optuna-sweep", "research.tune", _TUNE, hidden=True),
        Known("compare-cv-runs", "research.compare", "Compare two finished cross-validations text by text, and say whether one may replace the other."),
    ),
)  # fmt: skip
"""Every command of the program."""
