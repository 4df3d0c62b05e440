"""Published datasets: what stands in their columns, how they are used, and what may be done with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gradewise.essays.cards import DatasetCard


@dataclass(frozen=True, slots=True)
class Rater:
    """A single teacher's grades in a dataset whose grade of record is made from several."""

    second_label: str
    """Column of another teacher's grades, given without knowing these."""
    scale: Mapping[str, str]
    """The scale of each prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDataset:
    """A dataset that many have, as its makers publish it."""

    kind: str
    """What a plan calls it."""
    card: DatasetCard
    """Where it comes from, and whether figures from it may be shown."""
    signature: frozenset[str]
    """Columns that together no other table has; empty where they would not tell."""
    columns: Mapping[str, str]
    """What stands where: ``{"text": "full_text"}``."""
    scale: str
    """The scale of its grades."""
    groups: tuple[str, ...] = ()
    """Columns that say to which groups a writer belongs, where a copy has them."""
    raters: Mapping[str, Rater] = field(default_factory=dict)
    """Columns of single teachers' grades, any of which may be the label instead."""
    min_words: int | None = None
    """Fewest words of the essays that are used; ``None`` sets no bound."""
    max_words: int | None = None
    """Most words of the essays that are used."""
    excluded_prompts: tuple[str, ...] = ()
    """Prompts that are left out, and are another kind of writing."""


_BY_RATER = {"1": "1-6", "2": "1-6", "3": "0-3", "4": "0-3", "5": "0-4", "6": "0-4", "7": "0-15", "8": "0-30"}

KNOWN: tuple[KnownDataset, ...] = (
    KnownDataset(
        kind="ellipse",
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
        min_words=200,
        max_words=1000,
        # Tasks that ask for letters; the rest are discussions.
        excluded_prompts=(
            "Community service",
            "Grades for extracurricular activities",
            "Cell phones at school",
            "Letter to employer",
        ),
    ),
    KnownDataset(
        kind="asap",
        card=DatasetCard(
            name="ASAP-AES",
            source="Hewlett Foundation (2012), Automated Student Assessment Prize, kaggle.com/c/asap-aes",
            licence="rules of the competition asap-aes; no open licence",
        ),
        signature=frozenset(),
        columns={"text": "essay", "label": "domain1_score", "id": "essay_id", "prompt": "essay_set"},
        scale="asap",
        # The resolved score is made from both raters, on most prompts by adding: it has no second rater.
        raters={
            "rater1_domain1": Rater("rater2_domain1", _BY_RATER),
            "rater2_domain1": Rater("rater1_domain1", _BY_RATER),
        },
    ),
    KnownDataset(
        kind="ielts",
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
        min_words=200,
        max_words=1000,
    ),
)
"""Every dataset that is known."""


def recognise(columns: Iterable[str]) -> KnownDataset | None:
    """The published dataset that a table with these columns is, if its columns tell.

    >>> recognise(["text", "grade"]) is None
    True
    """
    present = frozenset(columns)
    return next((known for known in KNOWN if known.signature and known.signature <= present), None)


def find_dataset(kind: str) -> KnownDataset | None:
    """The published dataset that a plan names; ``None`` for ``csv``, which is any table.

    >>> find_dataset("ellipse").min_words
    200
    """
    return next((known for known in KNOWN if known.kind == kind), None)
