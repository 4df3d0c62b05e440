"""YAML from strangers: refused in a line, whatever stands in it."""

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import PlanError
from gradewise.workflows.plans import strict_yaml
from gradewise.workflows.plans.reading import parse_plan
from gradewise.workflows.plans.strict_yaml import parse_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdef", "bcdefg", strict=True)
)
USUAL: dict[str, Any] = {
    "data": {"path": "t.csv", "schema": {"a": {"kind": "number"}}, "test_size": 0.2},
    "preprocessing": {"tfidf": {"components": 50}, "extra_columns": ["a"], "balancing": "none"},
    "model": {"type": "voting", "members": ["linear_svm"], "search_space": {"C": [1, 2]}, "n_iter": 3},
    "output": {"directory": "out", "push": "s3://bucket/models"},
    "logging": {"level": "info"},
}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(BOMB, "aliases make more than", id="bomb"),
        pytest.param("a: " + "{b: " * 1500, "nested too deeply", id="deep"),
        pytest.param("a: &a [*a]", "recursive|refers to what it stands in", id="endless list"),
        pytest.param("a: &a {b: *a}", "recursive|refers to what it stands in", id="endless mapping"),
        pytest.param("a: 2026-13-45", "in quotes", id="thirteenth month"),
        pytest.param("a: !!int abc", "write no tags", id="tag of a number"),
        pytest.param("a: !!bool abc", "write no tags", id="tag of a truth value"),
        pytest.param("a: !!timestamp abc", "write no tags", id="tag of a time"),
        pytest.param(f"a: {'9' * 5000}", "in quotes", id="endless number"),
        pytest.param("a: !!python/name:os.system ''", "constructor", id="object"),
        pytest.param("? [1]\n: 2", "write a word", id="key is a list"),
        pytest.param("a: 1\na: 2", "written twice", id="key twice"),
        pytest.param("a: \0", "not allowed", id="control character"),
    ],
)
def test_hostile_yaml_is_refused_in_a_line(content: str, reason: str) -> None:
    """No traceback, and no memory that grows."""
    with pytest.raises(PlanError, match=reason) as refused:
        parse_yaml(content, location="plan.yaml")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_plan_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten megabytes of anything take no time."""
    monkeypatch.setattr(strict_yaml, "MOST_CHARACTERS", 10)
    with pytest.raises(PlanError, match="11 characters"):
        parse_yaml("a: 12345678", location="plan.yaml")


def test_aliases_may_save_writing() -> None:
    """What they stand for is read as if it were written out."""
    assert {"a": [1, 2], "b": [1, 2]} == parse_yaml("a: &a [1, 2]\nb: *a", location="plan.yaml")


@pytest.mark.parametrize("column", [[], {"a": "number"}], ids=["list", "mapping"])
def test_a_column_that_is_no_name_is_refused(column: object) -> None:
    """A list of columns holds names, not lists or mappings of them."""
    raw = {**USUAL, "data": {**USUAL["data"], "schema": [column]}}
    with pytest.raises(PlanError, match="schema"):
        parse_plan(yaml.safe_dump(raw), location="config.yaml")


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.dates()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(section=st.sampled_from(sorted(USUAL)), place=st.integers(0, 9), value=values)
def test_any_value_anywhere_is_read_or_refused(section: str, place: int, value: object) -> None:
    """Wrong types, odd numbers, keys that are none: a plan, or one line."""
    keys = [*USUAL[section], None]
    key = keys[place % len(keys)]
    raw = {**USUAL, section: value if key is None else {**USUAL[section], key: value}}
    with suppress(PlanError):
        parse_plan(yaml.safe_dump(raw, allow_unicode=True), location="config.yaml")
