"""Plans as YAML: read strictly, refused in words, written so that they can be read again."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from gradewise.errors import PlanError
from gradewise.redaction import redacted
from gradewise.workflows.plan import PATTERNS, SCALE_FORMS, Plan


class _StrictLoader(yaml.SafeLoader):
    """YAML without object tags, and with a key written twice refused."""


def _mapping_without_twins(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise yaml.MarkedYAMLError(
                problem=f"key {key!r} is written twice", problem_mark=node.value[index][0].start_mark
            )
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_twins)


def parse_plan(content: str, *, location: str) -> Plan:
    """Read a plan from YAML.

    Raises:
        PlanError: it is not YAML, or says something that a plan cannot mean; the message names the key,
            the value and, for an unknown key, the nearest known one.
    """
    try:
        raw = yaml.load(content, _StrictLoader)  # noqa: S506 - a SafeLoader that is stricter still
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise PlanError(f"{location}{line}: not a plan: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PlanError(f"{location}: not a plan: {error}") from error
    if not isinstance(raw, dict):
        raise PlanError(f"{location}: a plan is a mapping with at least `data:`; `gradewise init` writes one")
    return make_plan(raw, location=location)


def make_plan(raw: dict[str, Any], *, location: str) -> Plan:
    """Check a plan given as plain values.

    Raises:
        PlanError: as `parse_plan`.
    """
    try:
        return Plan.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise PlanError(f"{location}: {_explain(dict(first))}{more}") from error


def _explain(problem: dict[str, Any]) -> str:
    parts = [str(part) for part in problem["loc"]]
    path = ".".join(parts)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(parts[:-1])
        near = difflib.get_close_matches(parts[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
        return f"unknown key `{path}`; {hint}"
    if problem["type"] == "missing":
        return f"`{path}` is missing"
    if parts[0] in {"scale", "trait_scale"} and problem["type"] != "scale":
        return f"`{parts[0]}` holds {_shown(problem['input'])}; {SCALE_FORMS}"
    if problem["type"] == "string_pattern_mismatch":
        return f"`{path}` is {_shown(problem['input'])}; {PATTERNS[parts[-1]]}"
    return f"`{path}` is {_shown(problem['input'])}: {problem['msg']}"


def _shown(value: Any) -> str:
    """A value that is refused, without the secrets that it may hold."""
    return redacted(repr(value))


def _known_keys(path: list[str]) -> list[str]:
    section: type[BaseModel] = Plan
    for part in path:
        if part.isdigit():  # the position in a list, whose kind of section is known by now
            continue
        annotation: Any = section.model_fields[part].annotation
        choices = [annotation, *getattr(annotation, "__args__", ())]
        section = next(c for c in choices if isinstance(c, type) and issubclass(c, BaseModel))
    return list(section.model_fields)


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
    return _with_paths(plan, lambda path: base / path)


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


def plan_yaml(plan: Plan) -> str:
    """The plan as YAML that `parse_plan` reads back to an equal plan."""
    return yaml.safe_dump(plan.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100)
