"""What `plan check` and `doctor` show."""

import importlib.util
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import packages_distributions, version

from gradewise.cli.columns import listed
from gradewise.cli.terminal import out
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSchema
from gradewise.settings import read_settings
from gradewise.workflows.datasets.prepare import Dataset

OPTIONAL = (
    ("xgboost", "the XGBoost engine (model.engine: xgboost)", "pip install 'gradewise[xgboost]'"),
    ("tokenizers", "text models (features.set: combined)", "pip install 'gradewise[embeddings]'"),
    ("optuna", "gradewise tune, classifier.search.method: bayesian", "pip install 'gradewise[tune]'"),
    ("imblearn", "SMOTE (classifier.balancing: smote)", "pip install 'gradewise[balance]'"),
    ("mlflow", "runs in MLflow (tracking.mlflow)", "pip install 'gradewise[mlflow]'"),
    ("pyarrow", "reading and writing Parquet", "pip install 'gradewise[parquet]'"),
)
"""Module, what it is for, how to get it."""
CLASSES_LISTED = 8
"""Classes that a line names at the most."""
NEEDED = (
    ("lightgbm", "training"),
    ("onnx", "writing models"),
    ("onnxruntime", "scoring"),
    ("harper", "English language errors"),
    ("wordfreq", "word frequencies"),
    ("pyphen", "syllables"),
    ("simplemma", "word stems"),
)
"""Module, and what breaks without it."""


def show_dataset(dataset: Dataset, schema: FeatureSchema) -> None:
    """What a plan would train on."""
    facts = (_facts_of_classes if dataset.plan.task == "nominal" else _facts_of_grades)(dataset, schema)
    if not dataset.metrics_allowed:
        facts["blocked"] = "the dataset card allows smoke tests only: no figures will be reported"
    out.print(listed(facts), soft_wrap=True)
    out.print("the plan can be followed")


def _facts_of_grades(dataset: Dataset, schema: FeatureSchema) -> dict[str, object]:
    split, integrity = dataset.split, dataset.integrity
    facts: dict[str, object] = {
        "essays": len(dataset.essays),
        "training": f"{len(split.train_ids)} in {len(split.folds)} folds ({split.scheme})",
        "locked test": len(split.test_ids),
        "features": len(schema),
        "scale": f"{dataset.scale.name}: {' '.join(dataset.scale.grades)}",
        "grades": "  ".join(f"{grade} {n}" for grade, n in integrity.label_counts.items()),
        "prompts": "not known" if dataset.plan.data.columns.prompt is None else len(integrity.prompt_counts),
        "duplicates": sum(len(group.essay_ids) for group in integrity.duplicates),
        "set aside": sum(integrity.set_aside.values()),
    }
    if integrity.rare_labels:
        facts["rare grades"] = ", ".join(integrity.rare_labels)
    return facts


def _facts_of_classes(dataset: Dataset, schema: FeatureSchema) -> dict[str, object]:
    split, integrity = dataset.split, dataset.integrity
    no_class = dataset.plan.classifier.out_of_scope
    counts = {label: n for label, n in integrity.label_counts.items() if label != no_class}
    by_size = sorted(counts.items(), key=lambda item: -item[1])
    facts: dict[str, object] = {
        "texts": len(dataset.essays),
        "training": f"{len(split.train_ids)} in {len(split.folds)} folds ({split.scheme})",
        "locked test": len(split.test_ids),
        "read of each": ", ".join(_read_of_each(dataset, schema)),
        "classes": f"{len(counts)}: {_largest_and_smallest(by_size)}",
        "duplicates": sum(len(group.essay_ids) for group in integrity.duplicates),
        "of two classes": f"{integrity.n_conflicting_duplicates} texts that occur more than once",
        "set aside": sum(integrity.set_aside.values()),
    }
    if no_class is not None:
        facts["of no class"] = f"{integrity.label_counts.get(no_class, 0)} texts labelled {no_class}"
    rare = [label for label in integrity.rare_labels if label != no_class]
    if rare:
        facts["rare classes"] = _shortened(rare)
    return facts


def _read_of_each(dataset: Dataset, schema: FeatureSchema) -> Iterator[str]:
    """What a text comes with, what a text model sees of it, and its wording."""
    groups = Counter(spec.group for spec in schema.specs)
    tfidf = dataset.plan.features.tfidf
    if groups[GIVEN]:
        yield f"{groups[GIVEN]} given numbers"
    if groups[EMBEDDING]:
        yield f"{groups[EMBEDDING]} numbers of a text model"
    if tfidf.kind != "none":
        yield f"{tfidf.kind} in up to {tfidf.components} components"


def _largest_and_smallest(by_size: Sequence[tuple[str, int]]) -> str:
    if len(by_size) <= CLASSES_LISTED:
        return "  ".join(f"{label} {n}" for label, n in by_size)
    ends = (by_size[: CLASSES_LISTED // 2], by_size[-CLASSES_LISTED // 2 :])
    return "  …  ".join("  ".join(f"{label} {n}" for label, n in end) for end in ends)


def _shortened(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - CLASSES_LISTED} more" if len(labels) > CLASSES_LISTED else ""
    return ", ".join(labels[:CLASSES_LISTED]) + more


def show_machine() -> bool:
    """What is installed, what is missing and what that costs; whether all that is needed is there."""
    settings = read_settings()
    facts: dict[str, object] = {
        "python": f"{platform.python_version()} ({sys.executable})",
        "cores": os.cpu_count(),
        "workers": settings.workers or "one a core",
        "feature cache": settings.cache_directory,
    }
    brought_by = packages_distributions()  # which reads what every installed distribution says of itself
    missing = [name for name, _ in NEEDED if importlib.util.find_spec(name) is None]
    for name, purpose in NEEDED:
        absent = f"MISSING: no {purpose}; reinstall gradewise"
        facts[name] = absent if name in missing else _version(brought_by, name)
    for name, purpose, command in OPTIONAL:
        present = importlib.util.find_spec(name) is not None
        facts[name] = _version(brought_by, name) if present else f"not installed: no {purpose}; {command}"
    out.print(listed(facts), soft_wrap=True)
    return not missing


def _version(brought_by: Mapping[str, Sequence[str]], module: str) -> str:
    """Of the distribution that brings a module: ``xgboost-cpu`` brings ``xgboost``."""
    names = brought_by.get(module)
    return version(names[0]) if names else "installed"
