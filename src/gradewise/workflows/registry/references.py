"""Which registered model somebody means."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from gradewise.errors import RegistryError
from gradewise.protocols.registry import ModelRegistry
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord

SHORTEST = 6
"""Characters of an id or content id that are enough to name a model."""
PLACES = ("production", "staging", "latest")
"""What may stand behind the ``@`` of a name."""
_MOST_SHOWN = 8  # candidates in a message
_KINDS = "a name, name:version, name@production, a version, or the beginning of an id"


async def find_model(registry: ModelRegistry, text: str) -> ModelRecord:
    """The model that a text means.

    A name is its model in production, or else its newest that has a bundle; ``name@production``,
    ``name@staging`` (that which came there last) and ``name@latest`` say which; ``name:version`` and
    ``name:id`` look under that name alone; anything else is a version, or the beginning of an id or
    content id of at least `SHORTEST` characters. A name goes before all others.

    Raises:
        RegistryError: nothing or more than one model is meant; the message says what there is.
    """
    names = await registry.names()
    if text in names:
        return _by_name(await registry.state(text))
    name, mark, rest = _parted(text)
    if mark and name not in names:
        raise RegistryError(f"no model is called {name!r}; {_nearest(name, names)}")
    if mark == "@":
        return _at(await registry.state(name), rest)
    if mark == ":":
        state = await registry.state(name)
        return _only_one(text, [model for model in state.models if _is_meant(model, rest)], _versions(state))
    return await _anywhere(registry, text, names)


def _parted(text: str) -> tuple[str, str, str]:
    """The name before ``@`` or ``:``, which of the two, and what comes after."""
    return text.partition("@") if "@" in text else text.partition(":")


def _by_name(state: NameState) -> ModelRecord:
    """The one in production, or the newest with a bundle, or the newest."""
    kept = [model for model in state.models if model.pruned_at is None]
    chosen = state.production or next(iter(kept or state.models), None)
    if chosen is None:
        raise RegistryError(f"{state.name} has no models; register one: gradewise registry register BUNDLE")
    return chosen


def _at(state: NameState, place: str) -> ModelRecord:
    if place not in PLACES:
        raise RegistryError(
            f"@{place} is no place of a model; write {state.name}@{f', {state.name}@'.join(PLACES)}"
        )
    newest = next(iter(state.models), None)
    chosen = {"production": state.production, "staging": state.staged, "latest": newest}[place]
    if chosen is None:
        raise RegistryError(f"{state.name} has no model in {place}; {_versions(state)}")
    return chosen


async def _anywhere(registry: ModelRegistry, text: str, names: Sequence[str]) -> ModelRecord:
    found = await registry.find_models(text) if text else ()
    there_is = _nearest(text, names)
    if found and not any(_is_meant(model, text) for model in found):
        there_is = f"give at least {SHORTEST} characters of an id"
    return _only_one(text, [model for model in found if _is_meant(model, text)], there_is)


def _is_meant(model: ModelRecord, key: str) -> bool:
    """Whether it is the version of a model, or the beginning of its id or content id, long enough."""
    ids = (model.id, model.content_id or "")
    return key == model.version or (len(key) >= SHORTEST and any(each.startswith(key) for each in ids))


def _only_one(text: str, found: Sequence[ModelRecord], there_is: str) -> ModelRecord:
    if not found:
        raise RegistryError(f"no model is called {text!r}; {there_is}")
    if len(found) > 1:
        named = _listed(f"{model.model_name}:{model.version}" for model in found)
        raise RegistryError(f"{text!r} may be any of {len(found)} models: {named}; write one of these")
    return found[0]


def _nearest(text: str, names: Sequence[str]) -> str:
    if not names:
        return "the registry has no models; register one: gradewise registry register BUNDLE"
    near = get_close_matches(text, names, n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"write {_KINDS}; names there are: {_listed(names)}"


def _versions(state: NameState) -> str:
    """What there is under a name."""
    return f"there are {_listed(f'{model.version} ({model.stage})' for model in state.models)}"


def _listed(texts: Iterable[str]) -> str:
    every = list(texts)
    more = f" and {len(every) - _MOST_SHOWN} more" if len(every) > _MOST_SHOWN else ""
    return ", ".join(every[:_MOST_SHOWN]) + more
