"""Where a run takes place: what a reader needs to make sense of its times and, seldom, of its figures."""

import os
import platform
from collections.abc import Mapping
from typing import Any


def describe_environment(versions: Mapping[str, str]) -> dict[str, Any]:
    """Versions, git revision, machine and cores, as JSON values."""
    return {
        "schema_version": 1,
        "versions": dict(versions),
        "git_sha": versions.get("git"),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "host": platform.node(),
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    }
