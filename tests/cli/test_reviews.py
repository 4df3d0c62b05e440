"""Reviews, corrections and retraining, from the command line, on a real score log."""

import asyncio
import json
import stat
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from gradewise.bootstrap import review_secret, score_log_from
from gradewise.cli.reviews.reviewing import age_words
from gradewise.errors import UnavailableError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.scores.audits import Decided
from gradewise.scores.records import ScoreDraft
from gradewise.settings import read_settings
from reviewed_essays import ALERT, SHORT, answered, decided, keep
from schools import School, essays_school
from trials import Command, essay_rows, read_json, small_plan, write_csv


def logged(*drafts: ScoreDraft, decisions: Sequence[Decided] = ()) -> None:
    """Write answers and decisions into the score log of where we stand."""

    async def work() -> None:
        async with score_log_from(read_settings()) as log:
            await log.add(drafts)
            await keep(log, decisions)

    asyncio.run(work())


def test_a_text_may_belong_to_none_of_the_classes(command: Command) -> None:
    """The label that the model knows for it is offered, and taken by name or by --none-of-these."""
    said = {"probabilities": {"card": 0.4, "cash": 0.6}, "in_scope": False, "agreement": 0.6}
    known, older = (
        answered(number, grade="cash", prediction=json.dumps({**said, **more}))
        for number, more in ((1, {"out_of_scope": "oos"}), (2, {}))
    )
    logged(known, older)
    shown = command("reviews", "show", known.id)
    assert "oos  (--none-of-these)" in shown.out
    assert "may be none of the known classes (oos)" in command("scores", "show", known.id).out
    waiting = json.loads(command("reviews", "list", "--json").out)["waiting"]
    assert [("oos")] == [each["out_of_scope"] for each in waiting if "out_of_scope" in each]
    taken = command("reviews", "take", known.id, "--none-of-these")
    assert (0, True) == (taken.code, "cash becomes oos" in taken.out)
    assert "cash becomes oos" in command("reviews", "take", known.id, "OOS").out
    kept = json.loads(command("corrections", "list", "--json").out)["corrections"]
    assert ["oos"] == [each["grade"] for each in kept]
    assert (
        "train with classifier.out_of_scope"
        in command("reviews", "take", older.id, "--none-of-these").complaint
    )
    assert 2 == command("reviews", "take", known.id).code
    assert 2 == command("reviews", "take", known.id, "cash", "--none-of-these").code


def test_the_queue_is_listed_decided_about_and_reported(command: Command) -> None:
    """What waits comes most urgent first with the reason; a decision takes it out of the queue, for ever."""
    logged(
        answered(1, urgency=0.3),
        answered(2, urgency=1.5, advisories=(SHORT,)),
        answered(3, urgency=2.5, advisories=(ALERT,), essay_id="\x1b[2Jessay"),
        answered(4, route="audit", urgency=1.0),
        answered(5, route="release"),
        decisions=[decided(n, "C", route="audit", grade="C") for n in range(10, 14)],
    )
    listed = command("reviews", "list", "--capacity", "3")
    lines = listed.out.splitlines()
    assert [3, 2, 4, 1] == [
        next(n for n in range(1, 6) if line.startswith(answered(n).id[:12])) for line in lines[1:5]
    ]
    assert "a person must read this: 1 sentence names harm" in lines[1]
    assert "\x1b" not in listed.out
    assert "3 grades held back, 1 drawn by chance wait" in lines[-1]
    assert lines[-1].endswith("2 days of work at 3 a day")
    told = json.loads(command("reviews", "list", "--json", "--route", "audit").out)
    assert (0, 1, [answered(4).id]) == (
        told["review"], told["audit"], [each["score_id"] for each in told["waiting"]],
    )  # fmt: skip
    assert f"decide: gradewise reviews take {answered(3).id[:12]} GRADE" in listed.err
    waiting = command("reviews", "show", answered(3).id)
    assert f"then: gradewise reviews take {answered(3).id[:12]} GRADE --reason 'why'" in waiting.err
    assert "\x1b" not in waiting.err
    assert "how urgent    comes first: an alert; the less sure the sooner" in waiting.out
    taken = command(
        "reviews", "take", answered(2).id[:8], "d+", "--reason", "it is short, not weak", "--by", "bo"
    )
    assert (0, "essay essay-2: C becomes D+, decided by bo") == (taken.code, taken.out.split(" at ")[0])
    again = command("reviews", "take", answered(2).id[:8], "D+", "--by", "bo")
    assert (0, "essay essay-2: C becomes D+, already decided so by bo") == (
        again.code, again.out.split(" at ")[0],
    )  # fmt: skip
    assert "confirms the model" in command("reviews", "take", answered(1).id, "C").out
    assert "alone is more probable" not in command("reviews", "show", answered(1).id[:8]).out
    shown = command("reviews", "show", answered(2).id[:8]).out
    assert "too short: 40 words, fewest 100" in shown
    assert "D+  by bo: it is short, not weak" in shown
    assert "" == command("reviews", "show", answered(2).id).err
    assert "C of F E D D+ C C+ B A" in shown
    assert ["D+"] == [
        each["grade"]
        for each in json.loads(command("reviews", "show", answered(2).id, "--json").out)["decisions"]
    ]
    listed_again = command("corrections", "list").out.splitlines()
    assert 1 + 4 + 2 == len(listed_again)
    assert 1 == len(json.loads(command("corrections", "list", "--json", "-n", "1").out)["corrections"])
    reported = command("reviews", "report", "--page", "reviews.html")
    assert "Of 4 released grades that chance drew, 100" in reported.out
    assert "Held back" in reported.out
    assert "Week by week" in Path("reviews.html").read_text(encoding="utf-8")
    record = json.loads(command("reviews", "report", "--json", "--name", "essays").out)
    assert (4, 2) == (record["agreement"]["audited"]["n"], record["agreement"]["reviewed"]["n"])
    assert command("reviews", "take", answered(1).id, "Z").complaint.startswith("'Z' is not a grade")
    assert "in the score log" in command("reviews", "show", "feed").complaint


def test_nothing_yet(command: Command) -> None:
    """Where nothing was answered, each command says so, and what to do."""
    assert "no grade waits" in command("reviews", "list").err
    assert "gradewise reviews list" in command("corrections", "list").err
    assert "not known" in command("reviews", "report").out
    assert "is 'soon'" in command("reviews", "report", "--since", "soon").complaint
    write_csv(Path("essays.csv"), essay_rows(2))
    assert "gradewise reviews list" in (
        command("corrections", "export", "--essays", "essays.csv", "--output", "out").complaint
    )
    assert "where are the texts?" in command("corrections", "export", "--output", "out").complaint
    assert "name the plan" in command("retrain").complaint
    plan = small_plan(Path())
    assert "name a snapshot" in command("retrain", plan).complaint
    assert "is no snapshot" in command("retrain", plan, "--with-corrections", "nowhere").complaint


def test_texts_come_from_the_database_where_essays_live(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan says which tables; the address is in the environment, and stands nowhere else."""
    Path("school.sqlite").touch()
    rows = essay_rows(2)
    essays_school(
        School("sqlite:///school.sqlite"),
        *({"essay_id": f"e{n}", "text_content": row["text"], "grade": None} for n, row in enumerate(rows)),
    )
    logged(decisions=[decided(n, "B", text=row["text"]) for n, row in enumerate(rows)])
    Path("plan.yaml").write_text(
        "name: x\ndata: {train: x.csv}\nsource: {preset: essays}\n", encoding="utf-8"
    )
    asked = ("corrections", "export", "--source", "plan.yaml", "--output", "march")
    assert "GRADEWISE_SOURCE_URL" in command(*asked).complaint
    monkeypatch.setenv("GRADEWISE_SOURCE_URL", "sqlite:///school.sqlite")
    exported = command(*asked)
    assert 0 == exported.code, exported.err
    assert "essays        2" in exported.out


def test_corrections_teach_a_new_model(command: Command) -> None:
    """From decisions in the log to a model in staging whose card says what taught it."""
    rows = essay_rows(100)
    write_csv(Path("graded.csv"), [{"text": row["text"], "prompt": row["prompt"]} for row in rows[80:]])
    logged(
        decisions=[
            decided(
                n,
                row["grade"],
                text=row["text"].strip(),
                model_name="trial",
                route="audit" if n % 3 else "review",
            )
            for n, row in enumerate(rows[80:])
        ]
    )
    exported = command("corrections", "export", "--essays", "graded.csv", "--output", "march")
    assert 0 == exported.code, exported.err
    assert "essays        20" in exported.out
    assert "train with them: gradewise retrain PLAN --with-corrections march" in exported.err
    plan = small_plan(
        Path(),
        rows[:80],
        split={"folds": 2},
        features={"groups": ["length", "surface"]},
        model={"booster": {"rounds": 5}, "linear_share": 0.0},
        evaluation={"shap": False},
        promotion={"gates": [{"metric": "qwk", "at_least": -1}]},
    )
    trained = command(
        "retrain", plan, "--since", "2026-01-01", "--essays", "graded.csv", "--promote", "--quiet"
    )
    assert 0 == trained.code, trained.err
    run = next(each.parent.parent for each in Path("output").glob("*/*/artifacts/bundle"))
    snapshot = next(Path("output/corrections").iterdir())
    assert read_json(snapshot / "snapshot.json")["table"] == read_json(Path("march/snapshot.json"))["table"]
    bundle = load_bundle(run / "artifacts" / "bundle")
    assert (20, read_json(snapshot / "snapshot.json")["table"]["sha256"]) == (
        bundle.metadata.data.n_corrected, bundle.metadata.data.corrections_sha256,
    )  # fmt: skip
    assert "20 of them are teachers' decisions" in (bundle_card(run)).replace("\n", " ")
    sources = read_json(run / "artifacts" / "splits.json")["dataset_sources"]
    assert ["train", "corrections"] == [each["role"] for each in sources]
    assert "is in staging" in trained.out
    assert "staging" in command("registry", "list").out


def bundle_card(run: Path) -> str:
    """The model card of a run."""
    return (run / "artifacts" / "bundle" / "model_card.md").read_text(encoding="utf-8")


def test_the_secret_is_made_once_and_kept_to_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one in the environment it lies beside the registry; where nothing can be kept, that is said."""
    monkeypatch.chdir(tmp_path)
    made = review_secret(read_settings({}))
    assert 64 == len(made)
    assert made == review_secret(read_settings({}))
    kept = tmp_path / "models" / ".registry" / "review_secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [kept] == list(kept.parent.iterdir())
    told = read_settings({"GRADEWISE_REVIEW_SECRET": "told"})
    assert "told" == review_secret(told)
    assert "told'" not in repr(told)
    (tmp_path / "blocked").write_text("")
    with pytest.raises(UnavailableError, match="GRADEWISE_REVIEW_SECRET"):
        review_secret(read_settings({"GRADEWISE_MODELS_DIR": str(tmp_path / "blocked")}))


def test_ages_are_rough() -> None:
    """Days, else hours."""
    assert ("1 day", "5 hours") == (age_words(timedelta(days=1)), age_words(timedelta(hours=5)))


def test_of_two_processes_that_make_a_secret_the_first_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second uses what is there, and leaves nothing behind."""
    kept = tmp_path / ".registry" / "review_secret"

    def beaten(_made: Path, path: Path) -> None:
        path.write_text("first")
        raise FileExistsError

    monkeypatch.setattr("os.link", beaten)
    assert "first" == review_secret(read_settings({"GRADEWISE_MODELS_DIR": str(tmp_path)}))
    assert [kept] == list(kept.parent.iterdir())
