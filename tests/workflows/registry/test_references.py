"""Which model somebody means."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import RegistryError
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord
from gradewise.workflows.registry.references import SHORTEST, find_model
from remembered_registry import Step, model_id, remembered, state_of
from small_registry import NOW, empty

LIFE: tuple[Step, ...] = (
    ("register", 1, "dev"), ("promote", 1, "staging"), ("promote", 1, "production"),
    ("register", 2, "dev"), ("promote", 2, "staging"), ("register", 3, "dev"),
)  # fmt: skip
ESSAYS = state_of(*LIFE)


def _renamed(state: NameState, name: str) -> NameState:
    models = tuple(replace(model, model_name=name, id=f"{name}-{model.id}") for model in state.models)
    return NameState(name=name, serial=state.serial, models=models, changes=state.changes)


LETTERS = _renamed(state_of(("register", 3, "dev"), ("register", 4, "dev")), "letters")


def _find(text: str, *states: NameState) -> ModelRecord:
    return asyncio.run(find_model(remembered(states or (ESSAYS, LETTERS)), text))


def _complaint(text: str, *states: NameState) -> str:
    with pytest.raises(RegistryError) as refused:
        _find(text, *states)
    return str(refused.value)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (model_id(1), "essays"),
        (f"letters-{model_id(4)}", "letters"),
        (model_id(1), "essays@production"),
        (model_id(2), "essays@staging"),
        (model_id(3), "essays@latest"),
        (model_id(2), "essays:20260131_000002"),
        (model_id(2), "20260131_000002"),
        (f"letters-{model_id(3)}", "letters:20260131_000003"),
        (f"letters-{model_id(4)}", "letters-00000004"),
        (model_id(2), ESSAYS.models[1].content_id),
        (model_id(2), (ESSAYS.models[1].content_id or "")[:SHORTEST]),
        (model_id(2), f"essays:{(ESSAYS.models[1].content_id or '')[:SHORTEST]}"),
    ],
)  # fmt: skip
def test_a_model_is_meant_by_name_version_or_id(expected: str, text: str) -> None:
    """A name is its model in production, or else its newest."""
    assert expected == _find(text).id


def test_a_name_without_production_is_its_newest_that_has_a_bundle() -> None:
    """Or its newest, where every bundle was deleted."""
    older, newer = LETTERS.models[1], replace(LETTERS.models[0], pruned_at=NOW)
    assert older == _find("letters", replace(LETTERS, models=(newer, older)))
    gone = tuple(replace(model, pruned_at=NOW) for model in LETTERS.models)
    assert gone[0] == _find("letters", replace(LETTERS, models=gone))


def test_what_may_be_several_models_is_refused_with_all_of_them() -> None:
    """As references that can be written instead."""
    assert (
        "'20260131_000003' may be any of 2 models: essays:20260131_000003, letters:20260131_000003; "
        "write one of these"
    ) == _complaint("20260131_000003")


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("no model is called 'esays'; did you mean essays?", "esays"),
        ("no model is called 'esays'; did you mean essays?", "esays@production"),
        ("no model is called 'esays'; did you mean essays?", "esays:1"),
        ("names there are: essays, letters", "poems"),
        ("no model is called ''; write a name", ""),
        ("@prod is no place of a model; write essays@production, ", "essays@prod"),
        ("letters has no model in production; there are 20260131_000004 (dev), ", "letters@production"),
        ("no model is called 'essays:20270101'; there are 20260131_000003 (dev), ", "essays:20270101"),
        (f"give at least {SHORTEST} characters of an id", "0000"),
    ],
    ids=[
        "name", "name at", "name colon", "nothing near", "empty", "place", "no production", "version",
        "short",
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_what_is(expected: str, text: str) -> None:
    """Names that are spelled alike, versions of the name, or how models are named."""
    assert expected in _complaint(text)


def test_an_empty_registry_says_how_it_is_filled() -> None:
    """Whatever is asked of it."""
    with pytest.raises(RegistryError, match="register one: gradewise registry register BUNDLE"):
        asyncio.run(find_model(remembered(), "essays"))
    assert "essays has no models" in _complaint("essays", empty())


def test_many_candidates_are_not_all_listed() -> None:
    """The newest are, and how many more there are."""
    states = [_renamed(state_of(("register", 1, "dev")), f"n{i}") for i in range(12)]
    assert "and 4 more" in _complaint("20260131_000001", *states)


@given(st.text(max_size=12) | st.sampled_from(["essays", "essays:", "essays@", "@", ":", "letters:model"]))
def test_any_text_means_one_model_or_is_refused(text: str) -> None:
    """Never a wrong one: what is found is called so."""
    try:
        found = _find(text)
    except RegistryError:
        return
    shown = (found.model_name, found.version, found.id, found.content_id or "")
    assert any(each.startswith(text.split(":", maxsplit=1)[0].split("@", maxsplit=1)[0]) for each in shown)
