"""Dataset cards: where essays come from, and whether figures from them may be shown."""

from dataclasses import dataclass

from gradewise.errors import InputError

_NO_LICENCE = frozenset(
    {"", "unknown", "none", "none stated", "not stated", "not known", "unstated", "unspecified", "unclear"}
    | {"undefined", "n/a", "na", "null", "tbd", "todo", "?", "-"}
)


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """What is known about a dataset that other people made."""

    name: str
    """What it is called."""
    source: str
    """Where it was had from: an address, a paper, a person."""
    licence: str
    """As its source states it; ``unknown`` when it does not."""
    blocked: bool = False
    """Whether the owner of the plan allows smoke tests only."""
    reason: str = ""
    """Why it is blocked, for a reader."""
    notes: str = ""
    """Anything else that a reader of figures must know."""

    @property
    def blocked_because(self) -> str | None:
        """Why no figure from this dataset may be shown; ``None`` when figures may."""
        if self.blocked:
            return self.reason or "its card says that it is blocked"
        if " ".join(self.licence.strip(" .").casefold().split()) in _NO_LICENCE:
            return f"its licence is {self.licence.strip() or 'not stated'}"
        return None


def metrics_allowed(card: DatasetCard | None) -> bool:
    """Whether figures may be shown.

    No card means the user's own essays: a school may measure on what its pupils wrote. A card whose
    licence is unknown, or that is blocked, allows smoke tests only.
    """
    return card is None or card.blocked_because is None


def require_reportable(card: DatasetCard | None) -> None:
    """Pass, unless figures may not be shown.

    Raises:
        InputError: the dataset is blocked, or its licence is not known.
    """
    if card is not None and (because := card.blocked_because) is not None:
        raise InputError(
            f"dataset {card.name} is for smoke tests only, so no metric is reported: {because}; state "
            "its licence in data.card, or use other data"
        )


def describe_card(card: DatasetCard | None) -> str:
    """One line on the data's origin, for reports and model cards.

    >>> describe_card(None)
    'own data; the plan states no licence'
    """
    if card is None:
        return "own data; the plan states no licence"
    because = card.blocked_because
    verdict = f"smoke tests only, {because}" if because is not None else card.licence
    return f"{card.name} ({card.source}): {verdict}"
