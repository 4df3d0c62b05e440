"""`gradewise scales`: scales by name, and grades of one on another."""

import csv
import json
from pathlib import Path

import pytest

from gradewise.essays.scale_maps import MAPS
from gradewise.essays.scales import SCALES
from trials import Command


@pytest.fixture
def bands(tmp_path: Path) -> Path:
    """Essays with bands of IELTS, spelled as people spell them."""
    file = tmp_path / "bands.csv"
    file.write_text('id,essay,band\na,One text.,7\nb,Two texts.,5.5\nc,Three texts.,"3,5"\n')
    return file


def test_every_scale_and_map_is_listed(command: Command) -> None:
    """With its grades, where the map comes from, and what to mind; the same as JSON."""
    shown = command("scales", "list").out
    assert "swedish8" in shown
    assert "F E D D+ C C+ B A" in shown
    found = json.loads(command("scales", "list", "--json").out)
    assert set(SCALES) == set(found["scales"])
    for each, record in zip(MAPS, found["maps"], strict=True):
        assert f"{each.name}, version {each.version}" in shown
        assert (each.citation, dict(each.table)) == (record["citation"], record["grades"])


def test_grades_of_another_scale_stand_beside_the_own(command: Command, bands: Path, tmp_path: Path) -> None:
    """All columns stay; what is not mapped is left out and counted, and the map with its source is named."""
    asked = ("scales", "map", str(bands), "--from", "ielts", "--to", "cefr", "--label-column", "band")
    done = command(*asked, "--map", "ielts_cefr_partners", "-o", "levels.csv")
    assert 0 == done.code
    rows = list(csv.DictReader((tmp_path / "levels.csv").read_text().splitlines()))
    assert ["id", "essay", "band", "cefr"] == list(rows[0])
    assert ["C1", "B2"] == [row["cefr"] for row in rows]
    assert "IELTS partners" in done.err
    assert "1 row left out, of grades without one on cefr: 3.5 (1)" in done.err
    assert "a,One text.,7,C1\nb,Two texts.,5.5,B1\n" in command(*asked).out


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        ("essay,grade\nA text.,12\n", (), "'12' is not a grade of scale ielts"),
        ("essay,grade\nA text.,\n", (), "is empty"),
        ("essay,cefr,grade\nA text.,B1,5\n", (), "has a column 'cefr' already"),
        ("essay,grade\nA text.,5\n", ("--label-column", "band"), "there is no column 'band'"),
        ("essay,mark_of_it\nA text.,5\n", (), "name it: --label-column NAME"),
        ("essay,grade\nA text.,3\n", ("--map", "ielts_cefr_partners"), "no grade of 'grade' is one of cefr"),
    ],
    ids=["off_the_scale", "empty", "column_taken", "no_such_column", "no_label", "none_mapped"],
)
def test_what_cannot_be_mapped_is_refused(
    command: Command, tmp_path: Path, content: str, options: tuple[str, ...], expected: str
) -> None:
    """With the column and the row, and nothing is written."""
    file = tmp_path / "graded.csv"
    file.write_text(content)
    done = command("scales", "map", str(file), "--from", "ielts", "--to", "cefr", *options, "-o", "no.csv")
    assert 2 == done.code
    assert expected in done.err
    assert not (tmp_path / "no.csv").exists()
