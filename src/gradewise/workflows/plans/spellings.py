"""Other spellings of keys and values: what other tools call a setting is understood, in any case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_args

from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from gradewise.workflows.plans.section import Section


def folded(spelling: str) -> str:
    """A spelling without what people vary: case, spaces, hyphens.

    >>> folded(" Logistic-Regression ")
    'logistic_regression'
    """
    return spelling.strip().casefold().replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, slots=True)
class Spellings:
    """Annotates a `Literal` whose values other tools spell otherwise."""

    others: Mapping[str, str] = field(default_factory=dict)
    """By another spelling, whose case does not matter, the value that is meant."""
    nothing: str | None = None
    """What ``null`` and ``false`` mean; they are refused when ``None``."""

    def read(self, value: Any, own: tuple[str, ...]) -> Any:
        """The value that a spelling means; what is not known stays, to be refused."""
        if value is None or value is False:
            return value if self.nothing is None else self.nothing
        known = {folded(other): meant for other, meant in self.others.items()} | {folded(v): v for v in own}
        return known.get(folded(value), value) if isinstance(value, str) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        own = tuple(get_args(source))
        return core_schema.no_info_before_validator_function(
            lambda value: self.read(value, own), handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        own = handler(schema)
        others: list[Any] = [*self.others, *([None, False] if self.nothing else [])]
        if not others:
            return own
        return {"anyOf": [own, {"enum": others, "deprecated": True, "description": "other spellings"}]}


class SpelledSection(Section):
    """A section of which keys, too, may be spelled otherwise."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)
    OTHER_KEYS: ClassVar[Mapping[str, str]] = {}
    """By another spelling the key that is meant."""

    @model_validator(mode="before")
    @classmethod
    def _keys_as_here(cls, value: Any) -> Any:
        return dict(cls._renamed(value)) if isinstance(value, dict) else value

    @classmethod
    def _renamed(cls, value: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
        for key, held in value.items():
            own = cls.OTHER_KEYS.get(key, key) if isinstance(key, str) else key
            if own != key and own in value:
                raise PydanticCustomError("spelling", f"`{key}` and `{own}` are one setting; write one")
            yield own, held

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = handler(schema)
        properties = handler.resolve_ref_schema(made)["properties"]
        for other, own in cls.OTHER_KEYS.items():
            same = {"deprecated": True, "description": f"the same as `{own}`"}
            properties[other] = {**properties.get(own, {}), **same}
        return made
