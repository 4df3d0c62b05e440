"""Published datasets are recognised, and treated as their cards say."""

import pytest

from gradewise.essays.cards import metrics_allowed
from gradewise.essays.known_datasets import KNOWN, KnownDataset, find_dataset, recognise
from gradewise.essays.prompt_scales import find_scales
from gradewise.essays.scales import find_scale

BETRAYED = [known for known in KNOWN if known.signature]


@pytest.mark.parametrize("known", BETRAYED, ids=lambda known: known.card.name)
def test_a_dataset_is_recognised_by_its_columns_whatever_else_is_there(known: KnownDataset) -> None:
    """Every column of the signature must be present; more do not matter."""
    assert recognise([*known.signature, "more"]) is known
    assert recognise(sorted(known.signature)[1:]) is not known


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.kind)
def test_a_dataset_is_found_by_its_kind_and_its_scales_exist(known: KnownDataset) -> None:
    """Every scale that it names can be read; only the set of unknown origin is blocked."""
    assert known is find_dataset(known.kind)
    find_scales(known.scale)
    for rater in known.raters.values():
        assert 8 == len([find_scale(scale).n_grades for scale in rater.scale.values()])
    assert (known.kind != "ielts") == metrics_allowed(known.card)


def test_any_table_is_no_published_dataset() -> None:
    """The kind of a user's own file says nothing."""
    assert find_dataset("csv") is None


def test_ellipse_says_which_groups_its_writers_belong_to() -> None:
    """Its makers publish four attributes; fairness is reported by them unless a plan names others."""
    (ellipse,) = (known for known in KNOWN if known.card.name == "ELLIPSE")
    assert ("gender", "race_ethnicity", "SES", "grade") == ellipse.groups


def test_a_table_of_ones_own_is_no_known_dataset() -> None:
    """Usual column names are nobody's signature."""
    assert recognise(["id", "text", "grade", "prompt"]) is None


def test_the_ielts_essays_of_unknown_origin_are_blocked() -> None:
    """They serve as a smoke test; no figure from them is shown."""
    found = recognise(["Task_Type", "Question", "Essay", "Task_Response", "Range_Accuracy", "Overall"])
    assert found is not None
    assert not metrics_allowed(found.card)
