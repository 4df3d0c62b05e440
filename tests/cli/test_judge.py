"""`gradewise judge`: decisions in files become scores, grades, pairs, columns and a page."""

import asyncio
import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.batches import open_batches
from gradewise.cli.csv_tables import spreadsheet_text
from gradewise.essays.cell_limits import NO_TEXT
from gradewise.judgement.comparisons import ComparisonColumns, take_in
from gradewise.testing.judged import NOON, made_up_batch
from judged_pairs import made_up_qualities, made_up_session
from trials import Command

GRADES = ("F", "E", "D", "D+", "C", "C+", "B", "A")


def _write(path: Path, head: str, rows: list[str]) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    """16 essays, 200 decisions of four judges, and three rows that are none."""
    made = made_up_session(made_up_qualities(16, spread=2.5), 200, n_judges=4)
    rows = [
        f"{made.items[first]},{made.items[second]},{made.items[winner]},{made.judge_names[judge]}"
        for first, second, winner, judge in zip(
            made.first, made.second, made.winners, made.judges, strict=True
        )
    ]
    rows[5:5] = ["i001,i001,i001,judge-0", "i001,,i001,judge-0", "i001,i002,error,judge-0"]
    return _write(tmp_path / "decisions.csv", "essay_a_els_id,essay_b_els_id,winner,judge", rows)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    """Every other essay, graded by its quality, and one that nobody compared."""
    rows = [f"i{place:03},{GRADES[place // 2]}" for place in range(0, 16, 2)]
    return _write(tmp_path / "anchors.csv", "essay_id,grade", [*rows, "elsewhere,A"])


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_fit_shows_scores_and_what_to_worry_about(command: Command, decisions: Path) -> None:
    """The terminal says who is best, how reliable that is, and which rows were set aside."""
    shown = command("judge", "fit", str(decisions))
    assert 0 == shown.code
    assert "200 comparisons of 16 essays" in shown.out
    assert "halves of judges" in shown.out
    assert "1 self-pair" in shown.out
    assert "1 of 203 rows set aside: self-pair, first in row 6" in shown.err


def test_fit_names_judges_who_decide_unlike_the_others(command: Command, tmp_path: Path) -> None:
    """A judge who tosses coins is shown with how far off that is."""
    made = made_up_session(made_up_qualities(12, spread=3), 500, coin_tossers=1)
    rows = [
        f"{made.judge_names[judge]},{made.items[winner]},{made.items[loser]}"
        for judge, winner, loser in zip(made.judges, made.winners, made.losers, strict=True)
    ]
    table = _write(tmp_path / "coins.csv", "judge,candidate_chosen,candidate_not_chosen", rows)
    shown = command("judge", "fit", str(table), "--splits", "0", "-q").out
    assert "Judges who decide unlike the others" in shown
    assert "judge-0  erratic" in shown


def test_fit_writes_tables(command: Command, decisions: Path, tmp_path: Path) -> None:
    """Tables hold every essay and judge, the best first, with errors above 0."""
    assert 0 == command("judge", "fit", str(decisions), "--output", "scores", "-q").code
    scores = _rows((tmp_path / "scores" / "scores.csv").read_text())
    assert 16 == len(scores)
    assert ["1", "2", "3"] == [row["rank"] for row in scores[:3]]
    assert all(float(row["bt_se"]) > 0 for row in scores)
    assert 4 == len(_rows((tmp_path / "scores" / "judges.csv").read_text()))
    summary = json.loads((tmp_path / "scores" / "summary.json").read_text())
    assert {"self-pair": 1, "missing item": 1, "undecided": 1} == summary["set_aside"]


def test_fit_says_whether_a_panel_is_worth_as_much_as_the_others(command: Command, decisions: Path) -> None:
    """Judges who are named as a panel are held against all others; the same stands in the record."""
    asked = ("judge", "fit", str(decisions), "--panel", "judge-1, judge-3", "--splits", "0", "-q")
    shown = command(*asked).out
    assert "judges decide alike" in shown
    assert "The panel and one of the others cannot be told apart: the panel follows the others in" in shown
    found = json.loads(command(*asked, "--format", "json").out)["summary"]
    assert 200 == found["panel"]["decisions"] + found["panel"]["others_decisions"]
    assert found["panel"]["decided_alike"]["pairs"] <= found["decided_alike"]["pairs"]
    refused = command("judge", "fit", str(decisions), "--panel", "nobody", "-q")
    assert (2, True) == (refused.code, "judge 'nobody' decided nothing" in refused.err)


def test_project_gives_grades_that_are_distributions(
    command: Command, decisions: Path, anchors: Path
) -> None:
    """Probabilities sum to 1 and are never certain; anchors keep their known grade beside another."""
    asked = (
        "judge",
        "project",
        str(decisions),
        "--anchors",
        str(anchors),
        "--scale",
        "swedish8",
        "--splits",
        "0",
    )
    rows = _rows(command(*asked, "--format", "csv", "-q").out)
    for row in rows:
        chances = [float(row[f"p_{grade}"]) for grade in GRADES]
        assert pytest.approx(1, abs=1e-5) == sum(chances)
        assert max(chances) < 1
    assert 8 == sum(row["is_anchor"] == "yes" for row in rows)
    shown = command(*asked, "--population", "usual", "--modifiers")
    assert "8 judged, 1 not judged" in shown.out
    assert "Graded by the others" in shown.out


@pytest.mark.parametrize(
    ("apart", "told"),
    [
        ("x1,x2,x1,judge-0", "No comparison connects 2 essays with any anchor (x1 and x2): their grades are"),
        ("x1,elsewhere,x1,judge-0", "Anchors fall into 2 groups that no comparison connects, so that where"),
    ],
    ids=["essays", "anchors"],
)
def test_project_says_what_no_anchor_reaches(
    command: Command, decisions: Path, anchors: Path, apart: str, told: str
) -> None:
    """Such a grade rests on what is assumed before any comparison."""
    with decisions.open("a", encoding="utf-8") as file:
        file.write(f"{apart}\n")
    asked = ("judge", "project", str(decisions), "--anchors", str(anchors), "--scale", "swedish8", "-q")
    assert told in command(*asked).out


def test_project_finds_grades_by_text_and_row(command: Command, decisions: Path, tmp_path: Path) -> None:
    """An essay's own grade comes first, then its stored text, then its row; what has none is named."""
    anchors = _write(
        tmp_path / "table.csv", "id,anchor_label,grade,text_storage_id", ["1,one,F,t-1", "2,two,A,t-2"]
    )
    rows = ["i000,,t-1,,", "i015,,,2,", "i008,C,t-1,,", "i004,,,,yes"]
    rows += [f"i{place:03},,,," for place in range(16) if place not in {0, 4, 8, 15}]
    essays = _write(
        tmp_path / "essays.csv", "essay_id,known_grade,text_storage_id,anchor_ref_id,is_anchor", rows
    )
    asked = ("judge", "project", str(decisions), "--essays", str(essays), "--anchors", str(anchors))
    found = json.loads(command(*asked, "--scale", "swedish8", "--format", "json", "-q").out)["anchors"]
    assert {"i000": "stored text", "i015": "anchor reference", "i008": "known grade"} == found["ways"]
    assert ["i004"] == found["unresolved"]


def test_project_lays_an_earlier_batch_over_this_one(
    command: Command, decisions: Path, anchors: Path, tmp_path: Path
) -> None:
    """Scores that fit wrote are read again; against themselves nothing has moved."""
    command("judge", "fit", str(decisions), "-o", "before", "-q")
    asked = (
        "judge",
        "project",
        str(decisions),
        "--anchors",
        str(anchors),
        "--scale",
        "swedish8",
        "--splits",
        "0",
    )
    shown = command(*asked, "--earlier", str(tmp_path / "before" / "scores.csv"), "-o", "now", "-q")
    assert "No anchor moved" in shown.out
    assert pytest.approx(0) == json.loads((tmp_path / "now" / "anchors.json").read_text())["drift"]["shift"]
    earlier = _rows((tmp_path / "before" / "scores.csv").read_text())
    moved = [
        f"{row['essay_id']},{float(row['bt_score']) + 9 * (row['essay_id'] == 'i006')},.1" for row in earlier
    ]
    _write(tmp_path / "moved.csv", "essay_id,bt_score,bt_se", moved)
    told = (*asked, "--earlier", "moved.csv", "-q")
    assert "1 anchor moved against the others since the earlier batch (i006)" in command(*told).out
    assert 0 == command("judge", "report", *told[2:], "-o", "moved.html").code
    assert "Anchors now and then" in (tmp_path / "moved.html").read_text()


def test_next_pairs_begin_from_nothing_and_go_on(command: Command, tmp_path: Path) -> None:
    """Without a comparison pairs cover essays; pairs that wait are not asked again, and judges share them."""
    essays = _write(tmp_path / "essays.csv", "essay_id", [f"e{place}" for place in range(8)])
    begun = command(
        "judge", "next-pairs", "--essays", str(essays), "-n", "4", "-o", "asked.csv", "--judges", "x,y"
    )
    assert 0 == begun.code
    assert "go on: no target was named but the budget: nothing is decided yet" in begun.err
    asked = _rows((tmp_path / "asked.csv").read_text())
    assert 8 == len({name for row in asked for name in (row["first"], row["second"])})
    assert ["x", "y", "x", "y"] == [row["judge"] for row in asked]
    assert {""} == {row["winner"] for row in asked}
    same = ("judge", "next-pairs", "--essays", str(essays), "-n", "4", "--judges", "x,y")
    assert 0 == command(*same, "--format", "excel", "-o", "excel.csv").code
    opened = (tmp_path / "excel.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "first;second;judge;winner;gain;chance_first_wins" == opened[0]
    assert opened[1].endswith(";0,5")
    assert "write the id of the better essay" in command("judge", "fit", "asked.csv").complaint
    more = command("judge", "next-pairs", "--essays", str(essays), "-n", "4", "--waiting", "asked.csv",
                   "--format", "csv", "-q")  # fmt: skip
    waiting = {frozenset((row["first"], row["second"])) for row in asked}
    assert waiting.isdisjoint({frozenset((row["first"], row["second"])) for row in _rows(more.out)})


def test_next_pairs_say_when_to_stop(command: Command, decisions: Path) -> None:
    """What is reached ends a batch; what is not, by the reliability that fit states, says what is needed."""
    reached = command("judge", "next-pairs", str(decisions), "--target-reliability", "0.5", "-q")
    assert "stop: reliability of 0.5 is reached" in reached.err
    missed = command("judge", "next-pairs", str(decisions), "--target-reliability", "0.99", "--budget", "900",
                     "--format", "json", "-q")  # fmt: skip
    decision = json.loads(missed.out)["decision"]
    fitted = command("judge", "fit", str(decisions), "--splits", "0", "--format", "json", "-q")
    reliability = json.loads(fitted.out)["summary"]["reliability"]["estimate"]
    assert f"reliability {reliability:.2f} (at least" in decision["message"]
    assert not decision["stop"]
    assert decision["needed"] > 0


def test_next_pairs_listen_to_a_model(command: Command, tmp_path: Path) -> None:
    """Essays that a model finds far apart are not asked about first."""
    essays = _write(tmp_path / "essays.csv", "essay_id", [f"e{place}" for place in range(6)])
    model = _write(
        tmp_path / "model.csv", "id,grade", [f"e{place},{'A' if place % 2 else 'F'}" for place in range(6)]
    )
    shown = command("judge", "next-pairs", "--essays", str(essays), "-n", "2", "--model-grades", str(model),
                    "--scale", "swedish8", "--agreement", "0.95", "--format", "csv", "-q")  # fmt: skip
    pairs = _rows(shown.out)
    assert 2 == len(pairs)
    for row in pairs:
        assert int(row["first"][1]) % 2 == int(row["second"][1]) % 2


def test_features_stand_beside_teachers_grades(command: Command, decisions: Path, tmp_path: Path) -> None:
    """Rows that were judged get columns; those that were not are left out and counted."""
    essays = _write(
        tmp_path / "graded.csv", "essay_id,text,grade", ["i001,One.,B", "i002,Two.,C", "x,Three.,A"]
    )
    shown = command("judge", "features", str(decisions), "--join", str(essays), "--label", "grade")
    rows = _rows(shown.out)
    assert ["i001", "i002"] == [row["essay_id"] for row in rows]
    assert {"bt_score", "bt_se", "rank_percentile"} <= rows[0].keys()
    assert "1 essays of" in shown.err


def test_features_refuse_grades_that_judgement_made(
    command: Command, decisions: Path, anchors: Path, tmp_path: Path
) -> None:
    """Grades projected from comparisons would be learnt from scores perfectly: told by name and by record."""
    asked = (
        "judge",
        "project",
        str(decisions),
        "--anchors",
        str(anchors),
        "--scale",
        "swedish8",
        "--splits",
        "0",
        "-q",
    )
    command(*asked, "-o", "graded")
    refused = command(
        "judge", "features", str(decisions), "--join", str(tmp_path / "graded" / "grades.csv"), "-q"
    )
    assert 2 == refused.code
    assert "circular label" in refused.err
    essays = _write(tmp_path / "extracted.csv", "essay_id,grade", ["i001,B"])
    record = {
        "label": {"column": "grade_projections.primary_grade", "origin": "judgement"},
        "columns": [{"name": "grade", "kind": "label", "from": "x"}],
    }
    (tmp_path / "extracted.provenance.json").write_text(json.dumps(record))
    told = command("judge", "features", str(decisions), "--join", str(essays), "--label", "grade", "-q")
    assert "grade_projections.primary_grade" in told.err
    (tmp_path / "extracted.provenance.json").write_text("{}")
    assert 2 == command("judge", "features", str(decisions), "--join", str(essays), "-q").code


def test_report_is_one_page_with_concerns_first(
    command: Command, decisions: Path, anchors: Path, tmp_path: Path
) -> None:
    """Nothing is fetched, sections have their pictures, and names from files are escaped."""
    content = decisions.read_text().replace("i003", "<b>i003").replace("judge-1", "")
    decisions.write_text(content)
    asked = (
        "judge",
        "report",
        str(decisions),
        "--anchors",
        str(anchors),
        "--scale",
        "swedish8",
        "--splits",
        "0",
    )
    assert 0 == command(*asked, "--target-reliability", "0.9", "-q").code
    page = (tmp_path / "judgement.html").read_text(encoding="utf-8")
    for section in ("ranking", "grades", "reliability", "judges", "network"):
        assert f'<section id="{section}">' in page
    assert "&lt;b&gt;i003" in page
    assert "<b>i003" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page


def test_report_without_judges_anchors_or_many_essays(command: Command, tmp_path: Path) -> None:
    """The smallest batch has a page too; where nobody is named, nothing is said of judges."""
    pairs = _write(tmp_path / "pairs.csv", "winner,loser", ["a,b", "b,c", "c,d", "a,c"])
    essays = _write(tmp_path / "essays.csv", "id", ["a", "b", "c", "d", "alone"])
    shown = command("judge", "report", str(pairs), "--essays", str(essays), "-o", "small.html", "-q")
    assert 0 == shown.code
    assert "1 essay was never compared (alone)" in shown.out
    assert "Nobody is named who judged" in (tmp_path / "small.html").read_text()


def test_a_batch_of_the_database_is_judged_as_a_file_is(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores, grades on the batch's own scale, next pairs and a page; without a name, those there are."""
    url = f"sqlite:///{tmp_path / 'batches.sqlite'}"
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", url)

    async def _import() -> None:
        async with open_batches(read_address(url)) as batches:
            await batches.add(made_up_batch(), made_at=NOON)

    asyncio.run(_import())
    refused = command("judge", "fit", "--database", "-q")
    assert "the newest are batch-1" in refused.err
    rows = _rows(command("judge", "fit", "--batch", "batch-1", "--format", "csv", "-q").out)
    assert 18 == len(rows)
    assert 8 == sum(row["is_anchor"] == "yes" for row in rows)
    graded = _rows(command("judge", "project", "--batch", "batch-1", "--format", "csv", "-q").out)
    assert set(GRADES) >= {row["projected_grade"] for row in graded}
    assert 0 == command("judge", "next-pairs", "--batch", "batch-1", "-q").code
    assert 0 == command("judge", "report", "--batch", "batch-1", "-o", "page.html", "-q").code
    assert '<section id="grades">' in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit",), "name a file of comparisons"),
        (("fit", "absent.csv"), "absent.csv does not exist"),
        (("fit", "odd.csv"), "odd.csv: no two columns hold essays"),
        (("fit", "few.csv", "--where", "task=x"), "column 'task'; there are"),
        (("fit", "few.csv", "--where", "judge"), "--where judge names no value"),
        (("fit", "few.csv", "--where", "judge=zoe"), "no row holds judge=zoe"),
        (("fit", "few.csv", "--weights-by-confidence"), "no judge said how sure"),
        (("fit", "few.csv", "--batch", "b"), "few.csv and the database are both named"),
        (("project", "few.csv"), "on which scale"),
        (("project", "few.csv", "--scale", "cefr"), "has no anchor with a known grade"),
        (("project", "few.csv", "--scale", "cefr", "--population", "usual"), "no usual shares"),
        (("project", "few.csv", "--scale", "cefr", "--anchors", "bad.csv"), "bad.csv, row 2, column 'grade'"),
        (("report", "few.csv", "--anchors", "good.csv"), "name their scale"),
        (("next-pairs", "few.csv", "--model-grades", "good.csv"), "name their scale"),
        (("next-pairs", "few.csv", "--scale", "cefr", "--model-grades", "odd.csv"), "no column holds"),
        (("next-pairs", "few.csv", "--judges", "ann,ann"), "'ann' is named twice"),
        (("next-pairs", "few.csv", "--most-per-essay", "1", "-n", "1"), "no pair may be asked about"),
        (("features", "few.csv", "--label", "grade"), "of which table"),
    ],
    ids=[
        "nothing-named", "absent", "no-items", "where-column", "where-value", "where-nothing",
        "no-confidence",
        "two-sources", "no-scale", "no-anchors", "no-shares", "empty-grade", "scale-of-anchors",
        "scale-of-model", "no-ids", "judge-twice", "no-pair-left", "label-of-nothing",
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """One line names the file, the row or the option, and what to do next."""
    _write(tmp_path / "few.csv", "judge,candidate_chosen,candidate_not_chosen", ["ann,a,b", "bo,a,b"])
    _write(tmp_path / "odd.csv", "x,y", ["1,2"])
    _write(tmp_path / "bad.csv", "essay_id,grade", ["a,A1", "b,"])
    _write(tmp_path / "good.csv", "essay_id,grade", ["a,A1", "b,B1"])
    refused = command("judge", *arguments, "-q")
    assert 2 == refused.code
    assert message in refused.err


def test_shares_and_scores_come_from_files_too(
    command: Command, decisions: Path, anchors: Path, tmp_path: Path
) -> None:
    """A file of shares says where boundaries are expected; a file of model scores needs no scale."""
    shares = _write(tmp_path / "shares.csv", "grade,share", [f"{grade},{0.125}" for grade in GRADES])
    asked = (
        "judge",
        "project",
        str(decisions),
        "--anchors",
        str(anchors),
        "--scale",
        "swedish8",
        "--splits",
        "0",
        "-q",
    )
    assert 0 == command(*asked, "--population", str(shares)).code
    model = _write(tmp_path / "model.csv", "id,score", [f"i{place:03},{place}" for place in range(16)])
    assert 0 == command("judge", "next-pairs", str(decisions), "--model-grades", str(model), "-q").code


@pytest.mark.parametrize(
    ("name", "head", "row", "message"),
    [
        ("--population", "grade,share", "A,much", "row 1, column 'share': 'much' is no finite number"),
        ("--population", "grade,share", "A,.5\nA,.5", "row 2, column 'grade': 'A' stands twice"),
        ("--earlier", "essay_id,bt_score", "i000,1", "no column holds standard errors"),
        ("--essays", "essay_id", "i000\ni000", "row 2, column 'essay_id': 'i000' stands twice"),
    ],
    ids=["share", "grade-twice", "no-errors", "essay-twice"],
)
def test_a_wrong_cell_is_named(
    command: Command,
    decisions: Path,
    anchors: Path,
    tmp_path: Path,
    *,
    name: str,
    head: str,
    row: str,
    message: str,
) -> None:
    """The message names file, row and column."""
    table = _write(tmp_path / "table.csv", head, [row])
    refused = command("judge", "project", str(decisions), "--anchors", str(anchors), "--scale", "swedish8",
                      name, str(table), "-q")  # fmt: skip
    assert 2 == refused.code
    assert "table.csv" in refused.err
    assert message in refused.err


def test_a_models_grade_off_the_scale_is_named(command: Command, decisions: Path, tmp_path: Path) -> None:
    """The message names file, row and column."""
    model = _write(tmp_path / "model.csv", "id,grade", ["i000,A", "i001,Z"])
    asked = (
        "judge",
        "next-pairs",
        str(decisions),
        "--model-grades",
        str(model),
        "--scale",
        "swedish8",
        "--splits",
        "0",
    )
    assert "row 2, column 'grade': 'Z' is not a grade" in command(*asked, "-q").err


@pytest.mark.parametrize(
    ("head", "row", "arguments", "message"),
    [
        ("essay_id,bt_score", "i001,3", (), "has a column 'bt_score' already"),
        ("essay_id,grade", "other,B", (), "none of its essays was judged"),
        ("essay_id,grade", "i001,B", ("--label", "mark"), "column 'mark' is missing"),
    ],
    ids=["column-there", "none-judged", "no-label"],
)
def test_columns_that_cannot_be_joined_are_refused(
    command: Command,
    decisions: Path,
    tmp_path: Path,
    *,
    head: str,
    row: str,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """Nothing is overwritten, and ids must meet."""
    table = _write(tmp_path / "table.csv", head, [row])
    refused = command("judge", "features", str(decisions), "--join", str(table), *arguments, "-q")
    assert 2 == refused.code
    assert message in refused.err


def test_columns_are_written_to_a_file(command: Command, decisions: Path, tmp_path: Path) -> None:
    """Every essay of the batch has a row."""
    assert 0 == command("judge", "features", str(decisions), "-o", "columns.csv", "-q", "--splits", "0").code
    assert 16 == len(_rows((tmp_path / "columns.csv").read_text()))


def test_several_tables_are_not_written_into_a_file(command: Command, decisions: Path) -> None:
    """A file named where a directory is meant is refused, and the message names the directory."""
    refused = command("judge", "fit", str(decisions), "--output", "scores.csv", "-q")
    assert (2, True) == (refused.code, "such as scores, or print one table" in refused.err)


@settings(max_examples=25)
@given(st.lists(st.text(alphabet="'=+-@a7", min_size=1, max_size=5), min_size=2, max_size=4, unique=True))
def test_ids_come_back_from_tables_for_spreadsheets(ids: list[str]) -> None:
    """Asked pairs, filled in there, are decisions about the very same essays."""
    others = [each for each in ids if each.lower() not in NO_TEXT | {"na"}]
    assume(len(others) > 1)
    asked = [{"first": one, "second": other, "winner": other} for one, other in pairwise(others)]
    rows = list(csv.DictReader(io.StringIO(spreadsheet_text(asked).lstrip("\ufeff")), delimiter=";"))
    columns = ComparisonColumns(first="first", second="second", winner="winner", judge=None)
    judged = take_in(rows, columns).comparisons
    assert sorted(others) == sorted(judged.items)
    assert not judged.first_won.any()
