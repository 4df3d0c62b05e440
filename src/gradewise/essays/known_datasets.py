"""Published datasets that are recognised by their columns: what they are, and what may be done with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gradewise.essays.cards import DatasetCard


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDataset:
    """A dataset that many have, as its makers publish it."""

    card: DatasetCard
    """Where it comes from, and whether figures from it may be shown."""
    signature: frozenset[str]
    """Columns that together no other table has."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What stands where: ``{"text": "full_text"}``."""
    scale: str
    """The scale of its grades."""
    groups: tuple[str, ...] = ()
    """Columns that say to which groups a writer belongs, where a copy has them."""


KNOWN: tuple[KnownDataset, ...] = (
    KnownDataset(
        card=DatasetCard(
            name="ELLIPSE",
            source="Crossley et al. (2023), doi:10.1075/ijlcr.22026.cro",
            licence="CC BY-NC-SA 4.0",
        ),
        signature=frozenset(
            {"full_text", "Overall", "Cohesion", "Syntax", "Phraseology", "Conventions", "SES"}
        ),
        columns={"text": "full_text", "label": "Overall", "id": "text_id_kaggle", "prompt": "prompt"},
        scale="ellipse",
        groups=("gender", "race_ethnicity", "SES", "grade"),
    ),
    KnownDataset(
        card=DatasetCard(
            name="IELTS writing",
            source="circulates without a named source",
            licence="unknown",
            blocked=True,
            reason="neither its source nor its licence is known",
        ),
        signature=frozenset({"Task_Type", "Question", "Essay", "Task_Response", "Range_Accuracy", "Overall"}),
        columns={"text": "Essay", "label": "Overall", "prompt_text": "Question"},
        scale="ielts",
    ),
)
"""Every dataset that is recognised."""


def recognise(columns: Iterable[str]) -> KnownDataset | None:
    """The published dataset that a table with these columns is, if it is one.

    >>> recognise(["text", "grade"]) is None
    True
    """
    present = frozenset(columns)
    return next((known for known in KNOWN if known.signature <= present), None)
