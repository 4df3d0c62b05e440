"""Maps between scales."""

from dataclasses import replace

import pytest

from gradewise.errors import InputError
from gradewise.essays.scale_maps import MAPS, ScaleMap, find_map


@pytest.mark.parametrize(
    ("band", "service", "partners"),
    [
        ("9", "C2", "C2"),
        ("8.5", "C2", "C2"),
        ("8.0", "C1", "C1"),
        ("7.0", "C1", "C1"),
        ("6.5", "B2", "B2"),
        ("6.0", "B2", "B2"),
        ("5.5", "B1", "B2"),
        ("5.0", "B1", "B1"),
        ("4.5", "A2", "B1"),
        ("4.0", "A2", "B1"),
        ("3.5", "A1", None),
        ("0.0", "A1", None),
    ],
)
def test_ielts_bands_have_their_cefr_levels(band: str, service: str, partners: str | None) -> None:
    """Both tables say what their citations say."""
    assert find_map("ielts", "cefr").map_label(band) == service
    assert find_map("ielts", "cefr", "ielts_cefr_partners").map_label(band) == partners


def test_eng5_signs_are_dropped_where_the_target_has_none() -> None:
    """Nine steps become eight by dropping the signs that the eight lack."""
    eng5 = find_map("eng5", "swedish8")
    assert [eng5.map_label(grade) for grade in eng5.source.grades] == [
        "F",
        "E",
        "E",
        "D",
        "D+",
        "C",
        "C+",
        "B",
        "A",
    ]


def test_a_table_lists_every_grade_with_known_targets() -> None:
    """An incomplete table, or one with a foreign grade, is no map."""
    service = find_map("ielts", "cefr")
    with pytest.raises(InputError, match="each grade of ielts once"):
        replace(service, table={"9.0": "C2"})
    with pytest.raises(InputError, match="'D1' is not a grade"):
        replace(service, table={**service.table, "9.0": "D1"})


def test_an_absent_map_is_refused_with_those_that_are() -> None:
    """No such pair, and no such name, each say what there is."""
    with pytest.raises(InputError, match=r"no map from scale cefr to ielts; .* ielts to cefr"):
        find_map("cefr", "ielts")
    with pytest.raises(InputError, match="did you mean 'ielts_cefr_partners'"):
        find_map("ielts", "cefr", "ielts_cefr_partner")


@pytest.mark.parametrize("scale_map", MAPS, ids=lambda each: each.name)
def test_every_map_cites_and_warns(scale_map: ScaleMap) -> None:
    """A shipped map says where it comes from and what to mind."""
    assert scale_map.citation
    assert scale_map.note
    assert scale_map.version >= 1
