"""YAML from strangers: no tags, no key twice, nothing that grows beyond its size when it is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from gradewise.errors import PlanError

MOST_CHARACTERS = 2_000_000
"""Longest file that is read: far more than a thousand classes and as many given columns need."""
MOST_VALUES = 500_000
"""Values that a file may stand for, those that aliases repeat counted each time."""


class _StrictLoader(yaml.SafeLoader):
    """YAML without object tags, and with a key written twice refused."""


def _mapping_without_twins(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (list, dict, set)):
            raise yaml.MarkedYAMLError(
                problem="a key is a list or a mapping; write a word", problem_mark=key_node.start_mark
            )
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"key {key!r} is written twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_twins)


def parse_yaml(content: str, *, location: str, what: str = "a plan") -> Any:
    """The plain values that a text of YAML stands for.

    Args:
        content: the text.
        location: where it is from, for messages.
        what: what it should be, for messages.

    Raises:
        PlanError: it is not YAML, or holds tags, a key twice, or more than a file of settings ever does.
    """
    if len(content) > MOST_CHARACTERS:
        raise PlanError(
            f"{location} has {len(content):,} characters, more than the {MOST_CHARACTERS:,} that are read; "
            "is it the right file?"
        )
    try:
        raw = yaml.load(content, _StrictLoader)  # noqa: S506 - a SafeLoader that is stricter still
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise PlanError(f"{location}{line}: not {what}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PlanError(f"{location}: not {what}: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise PlanError(f"{location}: not {what}: it is nested too deeply") from error
    except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError) as error:
        # What the loader meets in a tag that does not fit its value, such as a thirteenth month.
        raise PlanError(
            f"{location}: not {what}: a value is not what it looks like, or what its tag says; put dates and "
            "the like in quotes, and write no tags"
        ) from error
    if _n_values(raw, {}, location) > MOST_VALUES:
        raise PlanError(f"{location}: aliases make more than {MOST_VALUES:,} values of it; write it out")
    return raw


def _n_values(value: Any, known: dict[int, int], location: str) -> int:
    """Values that a value stands for, itself among them; what is reached twice counts twice, at no cost."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = -1
        within: Iterable[Any] = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_n_values(each, known, location) for each in within)
    if known[id(value)] < 0:
        raise PlanError(f"{location}: an alias refers to what it stands in; write it out")
    return known[id(value)]
