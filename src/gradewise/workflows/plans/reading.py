"""Plans as YAML: read strictly, refused in words, written so that they can be read again."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from gradewise.errors import PlanError
from gradewise.workflows.plans.pipeline_plans import is_pipeline, make_pipeline, pipeline_plan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.refusals import explained
from gradewise.workflows.plans.strict_yaml import parse_yaml


def parse_plan(content: str, *, location: str) -> Plan:
    """Read a plan from YAML; a `config.yaml` of text classification is read as the plan that it means.

    Raises:
        PlanError: it is not YAML, or says something that a plan cannot mean; the message names the key,
            the value and, for an unknown key, the nearest known one.
    """
    raw = parse_yaml(content, location=location)
    if not isinstance(raw, dict):
        raise PlanError(f"{location}: a plan is a mapping with at least `data:`; `gradewise init` writes one")
    if is_pipeline(raw, location=location):
        return pipeline_plan(make_pipeline(raw, location=location))
    return make_plan(raw, location=location)


def make_plan(raw: dict[str, Any], *, location: str) -> Plan:
    """Check a plan given as plain values.

    Raises:
        PlanError: as `parse_plan`.
    """
    try:
        return Plan.model_validate(raw)
    except ValidationError as error:
        raise PlanError(f"{location}: {explained(error, Plan)}") from error


def read_plan(path: Path) -> Plan:
    """Read a plan file; data paths in it are relative to the file, `output` to where you stand.

    Raises:
        PlanError: it cannot be read, or as `parse_plan`.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PlanError(f"plan {path} cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise PlanError(f"plan {path}: byte {error.start} is not UTF-8; save it as UTF-8 text") from error
    plan = parse_plan(content, location=str(path))
    return _anchored(plan, path.parent)


def _anchored(plan: Plan, base: Path) -> Plan:
    return _with_paths(plan, lambda path: _plain(base / path))


def _plain(path: Path) -> Path:
    """A path without the steps back of a saved plan, as people read it, where it leads to the same file."""
    plain = Path(os.path.normpath(path))
    with suppress(OSError):
        if plain.samefile(path):
            return plain
    return path


def rebased(plan: Plan, directory: Path) -> Plan:
    """The plan with the paths that `read_plan` must find when the plan is saved in a directory."""
    return _with_paths(plan, lambda path: Path(os.path.relpath(path, directory)))


def _with_paths(plan: Plan, change: Callable[[Path], Path]) -> Plan:
    def changed(path: Path | None) -> Path | None:
        return None if path is None else change(path)

    data, features, compare = plan.data, plan.features, plan.compare
    others = tuple(each.model_copy(update={"file": change(each.file)}) for each in data.auxiliary)
    embedder = features.embedder
    if embedder is not None:
        embedder = embedder.model_copy(update={"model": change(embedder.model)})
    return plan.model_copy(
        update={
            "data": data.model_copy(
                update={
                    "train": change(data.train),
                    "test": changed(data.test),
                    "auxiliary": others,
                    "corrections": changed(data.corrections),
                }
            ),
            "split": plan.split.model_copy(update={"reuse": changed(plan.split.reuse)}),
            "features": features.model_copy(update={"store": changed(features.store), "embedder": embedder}),
            "compare": compare.model_copy(
                update={
                    "reference": changed(compare.reference),
                    "candidate": changed(compare.candidate),
                }
            ),
        }
    )


def plan_yaml(plan: Plan, *, changed_alone: bool = False) -> str:
    """The plan as YAML that `parse_plan` reads back to an equal plan.

    Args:
        plan: what is written.
        changed_alone: whether what is as it would be anyway is left out.
    """
    held = plan.model_dump(mode="json", exclude_defaults=changed_alone)
    return yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=100)
