"""The boosting engines by name. Naming one imports no library; fitting does."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from gradewise.errors import PlanError
from gradewise.models import lightgbm_booster, xgboost_booster
from gradewise.models.boosters import Booster
from gradewise.models.lightgbm_booster import LightGBMBooster
from gradewise.models.xgboost_booster import XGBoostBooster

ENGINES: Mapping[str, type[Booster]] = MappingProxyType(
    {lightgbm_booster.NAME: LightGBMBooster, xgboost_booster.NAME: XGBoostBooster}
)
"""Every engine; the first is the default."""

BOTH = "both"
"""How a plan asks for every engine."""


def find_booster(name: str) -> Booster:
    """The engine of this name.

    Raises:
        PlanError: there is none; the message offers the nearest name.

    >>> find_booster("lightgbm").name
    'lightgbm'
    """
    if name not in ENGINES:
        near = difflib.get_close_matches(name, ENGINES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(ENGINES)}"
        raise PlanError(f"unknown booster {name!r}; {hint}")
    return ENGINES[name]()


def find_boosters(name: str) -> tuple[Booster, ...]:
    """The engines that a plan means: the one of this name, or with `BOTH` every one.

    Raises:
        PlanError: as `find_booster`.

    >>> [booster.name for booster in find_boosters("both")]
    ['lightgbm', 'xgboost']
    """
    return tuple(find_booster(one) for one in ENGINES) if name == BOTH else (find_booster(name),)
