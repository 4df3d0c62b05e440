"""Which grades and classes are most probable, and why the one that is given need not be."""

from collections.abc import Mapping

from gradewise.reporting.wording import percentage


def likeliest_other(grade: str, probabilities: Mapping[str, float]) -> str | None:
    """The most probable grade, where that is not the one given; of equals none.

    >>> likeliest_other("B", {"A": 0.5, "B": 0.3, "C": 0.2})
    'A'
    """
    other = max(probabilities, key=probabilities.__getitem__, default=grade)
    return None if probabilities.get(other, 0.0) <= probabilities.get(grade, 0.0) else other


def likelier_sentence(grade: str, probabilities: Mapping[str, float]) -> str:
    """Which grade is more probable than the one given, and how that comes; empty where none visibly is."""
    other = likeliest_other(grade, probabilities)
    if other is None:
        return ""
    most, given = percentage(probabilities[other]), percentage(probabilities.get(grade, 0.0))
    if most == given:
        return ""
    return (
        f"{other} alone is more probable ({most}) than {grade} ({given}). The grade is read "
        "off the score; the probabilities say which grades teachers gave to essays with such scores. The two "
        "need not agree on the first place."
    )


def likeliest(probabilities: Mapping[str, float], *, most: int) -> dict[str, float]:
    """The most probable classes, the first of equals first.

    >>> likeliest({"a": 0.2, "b": 0.5, "c": 0.3}, most=2)
    {'b': 0.5, 'c': 0.3}
    """
    return dict(sorted(probabilities.items(), key=lambda item: -item[1])[:most])
