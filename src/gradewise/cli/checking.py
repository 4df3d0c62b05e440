"""What `plan check` and `doctor` show."""

import importlib.util
import os
import platform
import sys
from importlib.metadata import packages_distributions, version

from rich.table import Table

from gradewise.cli.terminal import out
from gradewise.features.schema import FeatureSchema
from gradewise.settings import read_settings
from gradewise.workflows.prepare import Dataset

OPTIONAL = (
    ("xgboost", "the XGBoost engine (model.engine: xgboost)", "pip install 'gradewise[xgboost]'"),
    ("pyarrow", "reading and writing Parquet", "pip install 'gradewise[parquet]'"),
)
"""Module, what it is for, how to get it."""
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
    split, integrity = dataset.split, dataset.integrity
    table = Table.grid(padding=(0, 2))
    table.add_row("essays", str(len(dataset.essays)))
    table.add_row("training", f"{len(split.train_ids)} in {len(split.folds)} folds ({split.scheme})")
    table.add_row("locked test", str(len(split.test_ids)))
    table.add_row("features", str(len(schema)))
    table.add_row("scale", f"{dataset.scale.name}: {' '.join(dataset.scale.grades)}")
    table.add_row("grades", "  ".join(f"{grade} {n}" for grade, n in integrity.label_counts.items()))
    table.add_row("prompts", str(len(integrity.prompt_counts) or "not known"))
    table.add_row("duplicates", str(sum(len(group.essay_ids) for group in integrity.duplicates)))
    table.add_row("set aside", str(sum(integrity.set_aside.values())))
    if integrity.rare_labels:
        table.add_row("rare grades", ", ".join(integrity.rare_labels))
    if not dataset.metrics_allowed:
        table.add_row("blocked", "the dataset card allows smoke tests only: no figures will be reported")
    out.print(table)
    out.print("the plan can be followed")


def show_machine() -> bool:
    """What is installed, what is missing and what that costs; whether all that is needed is there."""
    settings = read_settings()
    table = Table.grid(padding=(0, 2))
    table.add_row("python", f"{platform.python_version()} ({sys.executable})")
    table.add_row("cores", str(os.cpu_count()))
    table.add_row("workers", str(settings.workers or "one a core"))
    table.add_row("feature cache", str(settings.cache_directory))
    missing = [name for name, _ in NEEDED if importlib.util.find_spec(name) is None]
    for name, purpose in NEEDED:
        table.add_row(
            name, f"MISSING: no {purpose}; reinstall gradewise" if name in missing else _version(name)
        )
    for name, purpose, command in OPTIONAL:
        present = importlib.util.find_spec(name) is not None
        table.add_row(name, _version(name) if present else f"not installed: no {purpose}; {command}")
    out.print(table, soft_wrap=True)
    return not missing


def _version(module: str) -> str:
    """Of the distribution that brings a module: ``xgboost-cpu`` brings ``xgboost``."""
    for name in packages_distributions().get(module, []):
        return version(name)
    return "installed"
