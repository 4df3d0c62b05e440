"""What `plan check` and `doctor` show."""

import importlib.util
import os
import platform
import sys
from importlib.metadata import packages_distributions, version

from gradewise.cli.rendering import listed
from gradewise.cli.terminal import out
from gradewise.features.schema import FeatureSchema
from gradewise.settings import read_settings
from gradewise.workflows.prepare import Dataset

OPTIONAL = (
    ("xgboost", "the XGBoost engine (model.engine: xgboost)", "pip install 'gradewise[xgboost]'"),
    ("tokenizers", "text models (features.set: combined)", "pip install 'gradewise[embeddings]'"),
    ("optuna", "gradewise tune", "pip install 'gradewise[tune]'"),
    ("mlflow", "runs in MLflow (tracking.mlflow)", "pip install 'gradewise[mlflow]'"),
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
    if not dataset.metrics_allowed:
        facts["blocked"] = "the dataset card allows smoke tests only: no figures will be reported"
    out.print(listed(facts), soft_wrap=True)
    out.print("the plan can be followed")


def show_machine() -> bool:
    """What is installed, what is missing and what that costs; whether all that is needed is there."""
    settings = read_settings()
    facts: dict[str, object] = {
        "python": f"{platform.python_version()} ({sys.executable})",
        "cores": os.cpu_count(),
        "workers": settings.workers or "one a core",
        "feature cache": settings.cache_directory,
    }
    missing = [name for name, _ in NEEDED if importlib.util.find_spec(name) is None]
    for name, purpose in NEEDED:
        absent = f"MISSING: no {purpose}; reinstall gradewise"
        facts[name] = absent if name in missing else _version(name)
    for name, purpose, command in OPTIONAL:
        present = importlib.util.find_spec(name) is not None
        facts[name] = _version(name) if present else f"not installed: no {purpose}; {command}"
    out.print(listed(facts), soft_wrap=True)
    return not missing


def _version(module: str) -> str:
    """Of the distribution that brings a module: ``xgboost-cpu`` brings ``xgboost``."""
    names = packages_distributions().get(module)
    return version(names[0]) if names else "installed"
