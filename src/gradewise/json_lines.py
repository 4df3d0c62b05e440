"""JSON Lines: a JSON value a line, each line whole."""

import json
from collections.abc import Iterable
from typing import Any


def json_lines(values: Iterable[Any]) -> str:
    r"""Values as JSON, a line each, in their own letters; ``nan`` is no JSON.

    >>> json_lines([{"id": "a"}, {"id": "å"}])
    '{"id": "a"}\n{"id": "å"}\n'

    Raises:
        ValueError: a number is not finite.
    """
    return "".join(f"{json.dumps(value, ensure_ascii=False, allow_nan=False)}\n" for value in values)
