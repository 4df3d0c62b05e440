"""What is installed: the versions that a run records."""

import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RECORDED = (
    "gradewise", "numpy", "scipy", "lightgbm", "xgboost-cpu", "xgboost", "onnx", "onnxruntime",
    "harper-py", "wordfreq", "pyphen", "simplemma", "tokenizers", "optuna",
)  # fmt: skip
"""Distributions whose versions a run records."""


def installed_versions() -> Mapping[str, str]:
    """Versions of what shapes results, and the git revision of this code when it is a checkout."""
    versions = {"python": platform.python_version()}
    for name in RECORDED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    revision = _git_revision()
    return versions | ({"git": revision} if revision else {})


def _git_revision() -> str | None:
    """Of gradewise's own code; nothing when it is installed, if only inside somebody's repository."""
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    return _git("rev-parse", "HEAD")


def _git(*arguments: str) -> str | None:
    try:
        asked = subprocess.run(  # noqa: S603 - the arguments are the two calls above
            ["git", *arguments],  # noqa: S607 - git from PATH, as the user runs it
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
