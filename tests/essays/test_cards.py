"""What a dataset card allows."""

import pytest

from gradewise.errors import InputError
from gradewise.essays.cards import DatasetCard, describe_card, metrics_allowed, require_reportable


@pytest.mark.parametrize(
    "licence", ["", " ", "unknown", "Unknown.", "none  stated", "N/A", "?", "Not stated"]
)
def test_without_a_licence_there_are_no_metrics(licence: str) -> None:
    """A licence that is not known blocks figures, however it is put."""
    card = DatasetCard("found", "the web", licence)
    assert not metrics_allowed(card)
    with pytest.raises(InputError, match="dataset found is for smoke tests only, so no metric is reported"):
        require_reportable(card)
    assert describe_card(card).startswith("found (the web): smoke tests only, its licence is ")


def test_a_blocked_dataset_says_why() -> None:
    """The block holds whatever the licence is, with the reason given or a plain one."""
    with pytest.raises(InputError, match="consent withdrawn"):
        require_reportable(DatasetCard("a", "b", "CC BY 4.0", blocked=True, reason="consent withdrawn"))
    with pytest.raises(InputError, match="its card says that it is blocked"):
        require_reportable(DatasetCard("a", "b", "CC BY 4.0", blocked=True))


@pytest.mark.parametrize("card", [None, DatasetCard("corpus", "paper", "CC BY-NC-SA 4.0")])
def test_own_data_and_licensed_data_may_be_reported(card: DatasetCard | None) -> None:
    """No card means own essays; a stated licence is taken at its word."""
    assert metrics_allowed(card)
    require_reportable(card)


def test_a_report_names_the_origin() -> None:
    """The line for reports tells own data from a dataset."""
    assert describe_card(None) == "own data; the plan states no licence"
    assert describe_card(DatasetCard("corpus", "paper", "CC BY 4.0")) == "corpus (paper): CC BY 4.0"
