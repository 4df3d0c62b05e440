"""`gradewise prepare-dataset`, `make-splits` and `featurize`: one after the other, as the runbook has it."""

from pathlib import Path

from gradewise.essays.split_json import split_set_from_json
from trials import Command, essay_rows, read_json, write_csv


def _place(printed: str, name: str) -> Path:
    """What stands after a name in what a command printed."""
    (line,) = (line for line in printed.splitlines() if line.startswith(f"{name} "))
    return Path(line.removeprefix(name).strip())


def test_a_dataset_is_prepared_split_and_measured(command: Command) -> None:
    """Each command says where it left things, and the next takes it from there."""
    write_csv(Path("essays.csv"), essay_rows(90))
    done = command("prepare-dataset", "essays.csv", "--min-words", "100", "--run-name", "prep", "-q")
    assert (0, "") == (done.code, done.err)
    assert _place(done.out, "run").name.endswith("_prep")
    plan = _place(done.out, "plan")
    schemes = ("--scheme", "prompt_holdout", "--scheme", "temporal")
    done = command("make-splits", plan, "--n-splits", "3", *schemes, "-q")
    assert 0 == done.code
    assert "prompt_holdout: " in done.out
    splits = _place(done.out, "splits")
    assert ("prompt_holdout", "temporal") == split_set_from_json(read_json(splits)).schemes
    done = command("featurize", "--splits-path", splits, "--scheme", "temporal", "-q")
    assert 0 == done.code, done.err
    assert "127 features" in done.out
    assert (_place(done.out, "store") / "manifest.json").is_file()


def test_a_scheme_that_there_is_not_is_refused(command: Command) -> None:
    """The message names the known ones."""
    write_csv(Path("essays.csv"), essay_rows(60))
    outcome = command("make-splits", "essays.csv", "--scheme", "random", "-q")
    assert 2 == outcome.code
    assert "`split.schemes.0` is 'random'" in outcome.complaint


def test_a_leak_ends_a_command_with_its_name(command: Command) -> None:
    """Exit code 2, one line that begins with the check, nothing written."""
    rows = essay_rows(60)
    write_csv(Path("essays.csv"), rows[:50])
    write_csv(Path("held.csv"), [*rows[50:], {**rows[0], "id": "copy"}])
    outcome = command("prepare-dataset", "essays.csv", "--test", "held.csv", "-q")
    assert (2, False) == (outcome.code, Path("output").exists())
    assert outcome.complaint.startswith("test_text_in_training: leakage: 1 times")
