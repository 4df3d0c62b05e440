"""Bad input: exit code 2, one line that says what, where and what to do, and nothing written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trials import Command, Trained, changed, essay_rows, small_plan, write_csv

ROWS = 30


def files(directory: Path) -> set[Path]:
    """Everything under a directory."""
    return set(directory.rglob("*"))


def csv_of(**values: str) -> Callable[[], list[str]]:
    """Train on essays of which the fifth has other values."""

    def write() -> list[str]:
        write_csv(Path("essays.csv"), changed(essay_rows(ROWS), 4, **values))
        return ["essays.csv"]

    return write


def without(*columns: str) -> Callable[[], list[str]]:
    """Train on essays that lack columns."""

    def write() -> list[str]:
        rows = essay_rows(ROWS)
        write_csv(Path("essays.csv"), rows, columns=[name for name in rows[0] if name not in columns])
        return ["essays.csv"]

    return write


def plan_with(**changes: object) -> Callable[[], list[str]]:
    """Train by a small plan with changes."""

    def write() -> list[str]:
        small_plan(Path(), essay_rows(ROWS), **changes)
        return ["plan.yaml"]

    return write


def content(name: str, text: str) -> Callable[[], list[str]]:
    """Train on a file that holds this."""

    def write() -> list[str]:
        Path(name).write_text(text, encoding="utf-8")
        return [name]

    return write


def options(*arguments: str) -> Callable[[], list[str]]:
    """Train on good essays with these options."""

    def write() -> list[str]:
        write_csv(Path("essays.csv"), essay_rows(ROWS))
        return ["essays.csv", *arguments]

    return write


def held_file(rows: list[dict[str, str]]) -> Callable[[], list[str]]:
    """Train on good essays with a locked test file of these."""

    def write() -> list[str]:
        write_csv(Path("held.csv"), rows)
        return options("--test", "held.csv")()

    return write


@pytest.mark.parametrize(
    ("write", "what", "do"),
    [
        (without("grade"), "essays.csv: no column of grades found among id, text", "--label-column NAME"),
        (without("text"), "essays.csv: no column of essays found among id, grade", "--text-column NAME"),
        (
            csv_of(grade="Q"),
            "essays.csv: row 5: 'Q' is not a grade of swedish8, as 29 of 30",
            "correct it",
        ),
        (csv_of(grade="nan"), "row 5: 'nan' is not a grade of swedish8", "correct it"),
        (csv_of(grade=""), "essays.csv, row 5 (essay 'essay-00005'): the label is empty", "set_aside"),
        (csv_of(text=" \n"), "essays.csv, row 5 (essay 'essay-00005'): the text is empty", "set_aside"),
        (
            csv_of(text="word " * 1_000_000),
            "row 5 (essay 'essay-00005'): the text has 5,000,000",
            "leave it out",
        ),
        (
            csv_of(id="essay-00001"),
            "rows 1 and 5 have the same id 'essay-00001'",
            "must be unique",
        ),
        (content("essays.csv", ""), "essays.csv is empty", "column names"),
        (
            content("essays.csv", "text,grade\n"),
            "essays.csv: column 'grade' holds no grade",
            "--label-column",
        ),
        (content("essays.doc", "x"), "essays.doc is not a format that is read", "save it as .csv"),
        (lambda: ["nowhere.csv"], "nowhere.csv does not exist", "check the path"),
        (lambda: ["nowhere.yaml"], "nowhere.yaml cannot be read: No such file", "check the path"),
        (list, "name a plan or a file of texts", "gradewise train essays.csv"),
        (lambda: ["--bogus"], "No such option: --bogus", "gradewise train --help"),
        (plan_with(model={"engin": "x"}), "plan.yaml: unknown key `model.engin`", "did you mean `engine`"),
        (plan_with(scale="swedish9"), "'swedish9' is not a scale", "did you mean 'swedish8'"),
        (plan_with(scale=5), "plan.yaml: `scale` is 5", "a range such as 1-6"),
        (plan_with(scale=[True, False]), "`scale` is [True, False]", "put them in quotes"),
        (plan_with(scale=[["a"]]), "`scale` holds [['a']]", "a list of grades"),
        (plan_with(scale="cefr"), "row 1 (essay 'essay-00001')", "choose the scale and the label column"),
        (plan_with(name="../x"), "`name` is '../x'", "use at most 64 letters"),
        (plan_with(language="english"), "`language` is 'english'", "such as en or sv"),
        (plan_with(features={"groups": ["lenght"]}), "unknown feature group 'lenght'", "'length'"),
        (plan_with(model={"booster": {"l2": float("nan")}}), "`model.booster.l2` is nan", "finite"),
        (plan_with(split={"folds": 20}), "essays.csv: ", "use fewer folds"),
        (plan_with(data={"columns": {"label": "grad"}}), "no column 'grad'", "did you mean 'grade'"),
        (
            plan_with(data={"filters": {"min_words": 9000}}),
            "essays.csv: the filters leave none of 30",
            "widen them",
        ),
        (options("--engine", "cat"), "`model.engine` is 'cat'", "'lightgbm', 'xgboost' or 'both'"),
        (options("--scale", "a,,b"), "--scale 'a,,b' holds an empty grade", "--scale 'low,middle,high'"),
        (options("--label-column", "grad"), "essays.csv has no column 'grad'", "did you mean 'grade'"),
        (
            options("--prompt", "Homwork"),
            "the chosen prompts ('Homwork') leave no essay",
            "did you mean 'Homework'",
        ),
        (options("--prompt", "a", "--prompt-column", "tast"), "no column 'tast'", "it has id, text"),
        (
            held_file(essay_rows(40)[25:]),
            "held.csv: 5 essays have the id of a training essay",
            "ids of their own",
        ),
        (
            held_file(changed(essay_rows(40)[30:], 0, text=essay_rows(1)[0]["text"])),
            "test_text_in_training: essays.csv: 1 test essays have the text of a training essay",
            "leave the copies out",
        ),
    ],
)
def test_training_refuses_what_it_cannot_use(
    command: Command, write: Callable[[], list[str]], what: str, do: str
) -> None:
    """Each fault is told in a line with the place, the value and the remedy; no run is begun."""
    arguments = write()
    before = files(Path())
    outcome = command("train", *arguments, "-o", "output")
    assert 2 == outcome.code, outcome.err
    assert what in outcome.complaint
    assert do in outcome.complaint
    assert before == files(Path())


def test_essays_of_one_grade_teach_nothing(command: Command) -> None:
    """A column that is the same everywhere is most likely the wrong one."""
    write_csv(Path("essays.csv"), [{**row, "grade": "C"} for row in essay_rows(ROWS)])
    outcome = command("train", "essays.csv", "-o", "output")
    assert 2 == outcome.code
    assert "essays.csv: every training essay has grade 'C'" in outcome.complaint
    assert not Path("output").exists()


def test_two_columns_of_grades_are_not_chosen_between(command: Command, trained: Trained) -> None:
    """A file with a school year called grade beside the teacher's grade needs a word from the user."""
    write_csv(
        Path("essays.csv"), [{**row, "Overall": row["grade"], "grade": "9"} for row in essay_rows(ROWS)]
    )
    outcome = command("train", "essays.csv", "-o", "output")
    assert 2 == outcome.code
    assert "essays.csv: columns 'grade' and 'Overall' may all hold the grades" in outcome.complaint
    assert "--label-column NAME" in outcome.complaint
    assert 0 == command("score", "essays.csv", "-m", trained.run, "-f", "csv").code
    write_csv(Path("two.csv"), [{**row, "essay": "x"} for row in essay_rows(2)])
    graded = command("score", "two.csv", "-m", trained.run)
    assert (0, True) == (graded.code, "note: columns as in the model's training: text 'text'\n" in graded.err)
    write_csv(Path("two.csv"), [{"content": row["text"], "essay": "x"} for row in essay_rows(2)])
    assert (
        "two.csv: columns 'essay' and 'content'" in command("score", "two.csv", "-m", trained.run).complaint
    )


def test_prompts_need_their_column(command: Command) -> None:
    """Choosing a prompt in a file that names none is refused."""
    outcome = command("train", *without("prompt")(), "--prompt", "Homework", "-o", "output")
    assert 2 == outcome.code
    assert "essays.csv: prompts are chosen, and no column of prompts is found" in outcome.complaint
    assert "--prompt-column NAME" in outcome.complaint


def test_a_long_list_of_prompts_is_cut(command: Command) -> None:
    """Of many prompts a message names the commonest."""
    rows = [{**row, "prompt": f"task {number}"} for number, row in enumerate(essay_rows(ROWS))]
    write_csv(Path("essays.csv"), rows)
    assert "task 11 …" in command("train", "essays.csv", "--prompt", "zebra").complaint


def test_all_prompts_excluded_leave_nothing(command: Command) -> None:
    """Excluding every prompt is refused like choosing none."""
    names = sorted({row["prompt"] for row in essay_rows(ROWS)})
    small_plan(Path(), essay_rows(ROWS), data={"filters": {"exclude_prompts": names}})
    assert "leave no essay" in command("train", "plan.yaml", "-o", "output").complaint


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["score", "nothing.txt"], "nothing.txt: no such file; check the path"),
        (["score", "."], ".: no such file; check the path"),
        (["score", "nothing.csv"], "nothing.csv does not exist"),
        (["score"], "no essay given; name a file, pass --text"),
        (["score", "--text", " "], "text: the text is empty"),
        (["score", "--text", "..."], "essay 'text': text of 3 characters has no words"),
        (["score", "--text", "word " * 50_000], "text: the text has 250,000 characters, too long"),
        (["score", "a.txt", "--text", "b"], "both a.txt and --text hold an essay; give one"),
        (["score", "a.txt", "-f", "xml"], "cannot write form 'xml'; choose --format csv, jsonl or parquet"),
        (["score", "a.txt", "-o", "a.pdf"], "cannot write form 'pdf'"),
        (["score", "a.txt", "-o", "a.csv", "-f", "table"], "cannot write form 'table'"),
        (["score", "a.txt", "--reasons", "99"], "gradewise score --help"),
        (["score", "big.txt"], "big.txt: more than 2,000,000 bytes, too long for one essay"),
        (["score", "latin.txt"], "latin.txt: byte 2 is not UTF-8; save the file as UTF-8 text"),
        (
            ["score", "nocolumn.csv"],
            "nocolumn.csv: no column of essays found among id, grade; name it",
        ),
        (["score", "empty.csv"], "empty.csv, row 2 (essay 'essay-00002'): the text is empty"),
        (["evaluate"], "name a file of labelled texts, such as: gradewise evaluate test.csv"),
        (["evaluate", "nothing.csv"], "nothing.csv does not exist"),
        (["evaluate", "numbers.csv"], "'1' is not a grade of scale swedish8"),
        (["evaluate", "nolabel.csv"], "nolabel.csv: no column of grades found"),
    ],
)
def test_models_refuse_what_they_cannot_grade(
    command: Command, trained: Trained, arguments: list[str], what: str
) -> None:
    """Scoring and evaluating refuse in a line, the wrong scale included, and write nothing."""
    rows = essay_rows(3)
    Path("big.txt").write_text("word " * 1_000_000, encoding="utf-8")
    Path("latin.txt").write_bytes(b"ab\xe5")
    write_csv(Path("nocolumn.csv"), rows, columns=["id", "grade"])
    write_csv(Path("nolabel.csv"), rows, columns=["id", "text"])
    write_csv(Path("empty.csv"), changed(rows, 1, text=""))
    write_csv(Path("numbers.csv"), [{**row, "grade": "1"} for row in rows])
    before = files(Path())
    outcome = command(*arguments, "--model", trained.run)
    assert 2 == outcome.code, outcome.err
    assert what in outcome.complaint
    assert (before, "") == (files(Path()), outcome.out)


def test_standard_input_must_be_text(command: Command, trained: Trained) -> None:
    """Bytes that are no UTF-8 are refused by position."""
    outcome = command("score", "-", "-m", trained.bundle, stdin=b"I like\xff")
    assert (2, "standard input: byte 6 is not UTF-8; save the file as UTF-8 text") == (
        outcome.code,
        outcome.complaint,
    )


def test_no_model_is_told_from_a_wrong_one(command: Command, trained: Trained) -> None:
    """Nothing trained yet, and a place that holds no model, are said for what they are."""
    nothing = command("score", "--text", "Dogs.")
    assert (2, True) == (nothing.code, "no model under output/; train one" in nothing.complaint)
    wrong = command("score", "--text", "Dogs.", "-m", trained.plan.parent)
    assert (2, True) == (wrong.code, "holds no model (model_metadata.json)" in wrong.complaint)


def test_a_bundle_with_a_changed_byte_is_refused(command: Command, trained: Trained) -> None:
    """One bit of any file of a bundle changed, and it does not grade; the file is named."""
    for path in sorted(trained.bundle.iterdir()):
        copy = Path("copy") / path.name
        shutil.copytree(trained.bundle, copy)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        (copy / path.name).write_bytes(data)
        outcome = command("score", "--text", "Dogs are good.", "-m", copy, "-o", "out.csv")
        assert 2 == outcome.code
        named = "model_signature.sha256" if path.suffix == ".sha256" else path.name
        assert f"bundle {copy}: " in outcome.complaint
        assert named in outcome.complaint or path.suffix == ".sha256"
        assert not Path("out.csv").exists()


def test_a_model_of_other_tools_is_refused(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle is not used where essays would be measured otherwise than in training."""
    monkeypatch.setattr("gradewise.workflows.measuring.bundle_needs.EXTRACTOR_VERSION", "99")
    for arguments in (["score", "--text", "Dogs."], ["evaluate", trained.essays, "-o", "output"]):
        outcome = command(*arguments, "-m", trained.run)
        assert 2 == outcome.code
        assert (
            "was trained with extractor 1, here is 99; install that version, or train again"
            in outcome.complaint
        )
    assert not Path("output").exists()


def test_a_model_without_its_checker_is_refused(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the checker cannot be had, the message names it."""
    monkeypatch.setattr("gradewise.bootstrap.services.find_checker", lambda _name, _language: None)
    outcome = command("score", "--text", "Dogs.", "-m", trained.run)
    assert 2 == outcome.code
    assert "was trained with checker harper" in outcome.complaint
    assert "here is none" in outcome.complaint


def test_a_bad_environment_is_refused(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker count that is none stops every command that needs it."""
    monkeypatch.setenv("GRADEWISE_WORKERS", "two")
    assert "GRADEWISE_WORKERS is 'two'" in command("doctor").complaint


def test_unknown_commands_are_refused_in_a_line(command: Command) -> None:
    """The program itself says where its help is; alone it shows the help."""
    assert "No such command 'trian'" in command("trian").complaint
    alone = command()
    assert (2, "") == (alone.code, alone.err)
    assert "demo" in alone.out
