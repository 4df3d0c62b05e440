"""`--given`: which columns are features, and the numbers of one essay."""

import contextlib
import io
from pathlib import Path

import pytest

from gradewise.cli.main import run
from trials import Command, Trained, essay_rows, only_run, small_plan, write_csv

TEXT = essay_rows(1)[0]["text"]
QUICK = {
    "features": {"groups": ["length"], "text_learners": [], "checker": "none"},
    "model": {"booster": {"rounds": 5}},
    "split": {"folds": 2},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cache_directory: Path) -> Trained:
    """A model of length and of a number that is named on the command line."""
    directory = tmp_path_factory.mktemp("given")
    rows = [{**row, "given_rank": str(number % 7)} for number, row in enumerate(essay_rows(80))]
    write_csv(directory / "new.csv", rows[:3])
    plan, printed = small_plan(directory, rows, **QUICK), io.StringIO()
    asked = ["train", str(plan), "--given", "given_rank", "--output", str(directory / "output")]
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        patch.setenv("GRADEWISE_WORKERS", "1")
        assert 0 == run(asked)
    return Trained(plan, directory / "new.csv", only_run(directory / "output"), printed.getvalue())


def test_the_next_command_names_the_numbers(made: Trained) -> None:
    """Whoever has trained is told how to grade."""
    assert f"--model {made.bundle} --given given_rank=NUMBER" in made.stdout


@pytest.mark.parametrize("ask", [("score",), ("explain", "--no-page")], ids=["score", "explain"])
def test_one_essay_is_graded_with_its_number(command: Command, made: Trained, ask: tuple[str, ...]) -> None:
    """Without it the message says how to give it; with it, an answer comes."""
    asked = (*ask, "--text", TEXT, "-m", made.bundle)
    assert 0 == command(*asked, "--given", "given_rank=2,5").code
    refused = command(*asked)
    assert 2 == refused.code
    assert "comes without 'given_rank'" in refused.complaint
    assert "give it with --given given_rank=NUMBER" in refused.complaint


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["given_rank=high"], "--given 'given_rank=high': 'high' is no finite number"),
        (["given_rank"], "--given 'given_rank': write NAME=NUMBER, each name once"),
        (["given_rank=1", "given_rank=2"], "write NAME=NUMBER, each name once"),
        (["Rank=1"], "--given Rank: the model reads no such number, but given_rank"),
    ],
    ids=["no number", "no name", "twice", "not read"],
)
def test_what_is_typed_wrongly_is_refused(
    command: Command, made: Trained, typed: list[str], said: str
) -> None:
    """The message shows it."""
    options = [part for each in typed for part in ("--given", each)]
    refused = command("score", "--text", TEXT, "-m", made.bundle, *options)
    assert 2 == refused.code
    assert said in refused.complaint


def test_a_table_brings_its_numbers(command: Command, made: Trained) -> None:
    """In a column for each; one number for all of them is refused, as is a table without the column."""
    assert 0 == command("score", made.essays, "-m", made.bundle).code
    assert (
        0
        == command(
            "explain", made.essays, "--essay", essay_rows(1)[0]["id"], "-m", made.bundle, "--no-page"
        ).code
    )
    refused = command("score", made.essays, "-m", made.bundle, "--given", "given_rank=1")
    assert f"belongs to one essay, and {made.essays} holds many" in refused.complaint
    write_csv(Path("bare.csv"), essay_rows(2))
    lacking = command("score", "bare.csv", "-m", made.bundle)
    assert 2 == lacking.code
    assert "no column 'given_rank', a given feature" in lacking.complaint


def test_a_grade_that_judgement_made_is_not_learnt_from_its_own_scores(
    command: Command, tmp_path: Path
) -> None:
    """A label projected from comparisons follows from their scores: refused before anything is learnt."""
    rows = [
        {"text": row["text"], "projected_grade": row["grade"], "bt_score": str(number)}
        for number, row in enumerate(essay_rows(3))
    ]
    write_csv(tmp_path / "judged.csv", rows)
    asked = ("train", "judged.csv", "--label-column", "projected_grade", "--given")
    refused = command(*asked, "bt_score")
    assert 2 == refused.code
    assert "circular label: judged.csv: 'projected_grade' was projected from comparisons" in refused.complaint
