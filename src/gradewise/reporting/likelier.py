"""Why the grade that is given need not be the most probable one, where it is not."""

from collections.abc import Mapping

from gradewise.reporting.wording import percentage


def likeliest_other(grade: str, probabilities: Mapping[str, float]) -> str | None:
    """The most probable grade, where that is not the one given; of equals none.

    >>> likeliest_other("B", {"A": 0.5, "B": 0.3, "C": 0.2})
    'A'
    """
    likeliest = max(probabilities, key=probabilities.__getitem__, default=grade)
    return None if probabilities.get(likeliest, 0.0) <= probabilities.get(grade, 0.0) else likeliest


def likelier_sentence(grade: str, probabilities: Mapping[str, float]) -> str:
    """Which grade is more probable than the one given, and how that comes; empty where none visibly is."""
    likeliest = likeliest_other(grade, probabilities)
    if likeliest is None:
        return ""
    most, given = percentage(probabilities[likeliest]), percentage(probabilities.get(grade, 0.0))
    if most == given:
        return ""
    return (
        f"{likeliest} alone is more probable ({most}) than {grade} ({given}). The grade is read "
        "off the score; the probabilities say which grades teachers gave to essays with such scores. The two "
        "need not agree on the first place."
    )
