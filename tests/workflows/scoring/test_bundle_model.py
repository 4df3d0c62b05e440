"""One bundle as a service holds it: as offline to the bit, read once, and never another's answer."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradewise
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.bootstrap import find_checker, load_scorer, services_from
from gradewise.bootstrap.reading import shared_checker
from gradewise.errors import BundleError, InputError
from gradewise.essays.records import Essay
from gradewise.features.advisories.advisory import Advisory
from gradewise.features.documents import build_document
from gradewise.features.findings import Finding
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.storage import read_plain_files
from gradewise.models.bundles.verified import Bundle
from gradewise.scores.chain import START, chained
from gradewise.settings import Settings
from gradewise.testing.score_logs import NOON
from gradewise.testing.synthetic import generate_essays
from gradewise.workflows.measuring.extract import processors
from gradewise.workflows.score import Prediction, score_many
from gradewise.workflows.scoring.bundle_model import BundleModel, model_builder
from gradewise.workflows.scoring.drafts import UNSEEN, draft_of
from gradewise.workflows.scoring.forgotten_readings import forget_readings
from gradewise.workflows.scoring.kept_readings import (
    reading_from_bytes,
    reading_key,
    reading_to_bytes,
    values_from_bytes,
    values_to_bytes,
)
from gradewise.workflows.scoring.models import Reading, recalled
from gradewise.workflows.scoring.prediction_json import prediction_from_json, prediction_to_json
from gradewise.workflows.scoring.single_flight import SingleFlight
from gradewise.workflows.scoring.tools import Tools
from trials import Trained

ESSAYS = tuple(
    replace(essay, label=None, prompt=f"task {number % 2}" if number % 3 else None)
    for number, essay in enumerate(generate_essays(8, seed=77))
)
ODD = Essay(id="odd", text="Zxqy 12 %% {} ; kill my self\n" * 3)


class Counting:
    """Harper, counting the texts that it reads."""

    def __init__(self, harper: HarperChecker, read: list[str]) -> None:
        self._harper, self._read = harper, read
        self.fingerprint, self.languages = harper.fingerprint, harper.languages

    def warm_up(self) -> None:
        """Warm up."""
        self._harper.warm_up()

    def check(self, text: str) -> tuple[Finding, ...]:
        """Count, and check."""
        self._read.append(text)
        return self._harper.check(text)

    def with_suggestions(self, findings: Sequence[Finding], text: str) -> tuple[Finding, ...]:
        """As Harper does."""
        return self._harper.with_suggestions(findings, text)


@pytest.fixture(scope="module")
def bundle(trained: Trained) -> Bundle:
    """A model that learnt from wording too."""
    return load_bundle(trained.bundle)


@pytest.fixture(scope="module")
def harper() -> HarperChecker:
    """One warm checker for all tests."""
    return shared_checker(processors())


@pytest.fixture
def read() -> list[str]:
    """Texts that were checked."""
    return []


@pytest.fixture
def tools(harper: HarperChecker, read: list[str]) -> Tools:
    """What reads, counted."""
    shared = Counting(harper, read)
    return Tools(lambda _name, _language: lambda: shared, readers=2)


@pytest.fixture(scope="module")
def offline(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Prediction]:
    """What is said of the essays offline."""
    with services_from(Settings(tmp_path_factory.mktemp("offline"), 1)) as services:
        return list(score_many(bundle, (*ESSAYS, ODD), services, n_reasons=3))


def test_answers_are_those_of_offline_scoring(
    bundle: Bundle, tools: Tools, offline: Sequence[Prediction]
) -> None:
    """Read anew or from the cache, one by one or together, in any order: equal to the last bit."""
    model = BundleModel(bundle, tools, MemoryCache())
    essays = (*ESSAYS, ODD)
    alone = [model.grade((each.id,), model.read((each,)), n_reasons=3)[0] for each in essays]
    assert offline == alone
    back = essays[::-1]
    again = model.read(back)
    assert all(each.cached for each in again)
    assert offline == list(model.grade([each.id for each in back], again, n_reasons=3))[::-1]
    fresh = BundleModel(bundle, tools, MemoryCache())
    together = fresh.read(essays)
    assert not any(each.cached for each in together)
    assert offline == list(fresh.grade([each.id for each in essays], together, n_reasons=3))
    assert [each.advisories for each in offline] == [each.advisories for each in together]


def test_predictions_come_back_from_json_as_they_were(offline: Sequence[Prediction]) -> None:
    """Every number, grade, advisory and reason survives, and the same prediction gives the same letters."""
    assert any(each.advisories for each in offline)
    for prediction in offline:
        written = prediction_to_json(prediction)
        assert prediction == prediction_from_json(written)
        assert written == prediction_to_json(prediction_from_json(written))
        assert list(prediction.probabilities) == list(prediction_from_json(written).probabilities)
    for damaged in ("", "[]", "null", "{}", written[:-1], written.replace("grade_set", "set")):
        with pytest.raises(InputError, match="no prediction"):
            prediction_from_json(damaged)


def test_what_was_read_of_forgotten_texts_is_removed(bundle: Bundle, tools: Tools) -> None:
    """Readings and features, found by what answers say and what prompts were called; others stay."""
    cache = MemoryCache()
    model = BundleModel(bundle, tools, cache)
    essays = [replace(ESSAYS[0], prompt_text="About the sea."), *ESSAYS[1:4]]
    drafts = [
        draft_of(
            f"{number:032x}", essay, reading, model.grade((essay.id,), (reading,))[0],
            model=model, arm="champion", routed=UNSEEN, made_at=NOON,
        )
        for number, (essay, reading) in enumerate(zip(essays, model.read(essays), strict=True))
    ]  # fmt: skip
    records = tuple(chained(drafts, START))
    gone = partial(forget_readings, cache, records[:3], prompts=("task 1",))
    assert [True] * 4 == [each is not None for each in model.recall(essays)]
    assert 2 + 3 == gone(lambda _digest: bundle)
    assert [False, False, True, True] == [each is not None for each in model.recall(essays)]
    assert 0 == gone(lambda _digest: bundle)


def test_what_a_model_that_is_nowhere_measured_stays(bundle: Bundle, tools: Tools) -> None:
    """Its readings are found without it, measured features are not."""
    cache = MemoryCache()
    model = BundleModel(bundle, tools, cache)
    (reading,) = model.read(ESSAYS[:1])
    (said,) = model.grade((ESSAYS[0].id,), (reading,))
    draft = draft_of(
        "0" * 32, ESSAYS[0], reading, said, model=model, arm="champion", routed=UNSEEN, made_at=NOON
    )

    def nowhere(digest: str) -> Bundle:
        raise BundleError(digest)

    assert 1 == forget_readings(cache, tuple(chained((draft,), START)), nowhere)
    assert (None,) == model.recall(ESSAYS[:1])


def test_a_record_is_replayed(bundle: Bundle, tools: Tools, offline: Sequence[Prediction]) -> None:
    """What a record keeps of a reading gives the same prediction, bit for bit."""
    model = BundleModel(bundle, tools, MemoryCache())
    (reading,) = model.read((ODD,))
    kept = Reading(values_from_bytes(values_to_bytes(reading.values)), offline[-1].advisories)
    assert (offline[-1],) == model.grade((ODD.id,), (kept,), n_reasons=3)


def test_another_name_of_the_same_text_is_read_once(bundle: Bundle, tools: Tools, read: list[str]) -> None:
    """The id is in no key, and the answer is in the asker's name."""
    model = BundleModel(bundle, tools, MemoryCache())
    model.read((ESSAYS[0],))
    other = replace(ESSAYS[0], id="other")
    (reading,) = model.read((other,))
    assert (True, 1) == (reading.cached, len(read))
    assert "other" == model.grade(("other",), (reading,))[0].essay_id
    assert (None,) == model.recall((replace(other, text=other.text + "."),))


def test_models_share_what_is_measured_and_nothing_else(
    bundle: Bundle, tools: Tools, read: list[str]
) -> None:
    """Another model reads the text anew, but nothing is measured twice."""
    cache = MemoryCache()
    first = BundleModel(bundle, tools, cache)
    other = BundleModel(replace(bundle, digest="f" * 64), tools, cache)
    first.read(ESSAYS[:1])
    assert (None,) == other.recall(ESSAYS[:1])
    assert first.reading_fingerprint != other.reading_fingerprint
    assert not other.read(ESSAYS[:1])[0].cached
    assert 1 == len(read)


def test_a_damaged_entry_is_read_anew(bundle: Bundle, tools: Tools) -> None:
    """Bytes that were changed, cut off or another's are no reading."""
    model = BundleModel(bundle, tools, MemoryCache())
    (reading,) = model.read(ESSAYS[:1])
    stored = reading_to_bytes(reading, "key")
    whole = reading_from_bytes(stored, "key", width=model.width)
    assert whole is not None
    assert whole.cached
    assert reading.values.tobytes() == whole.values.tobytes()
    assert not whole.values.flags.writeable
    changed = bytes([stored[60] ^ 1])
    damaged = (b"", stored[:-1], stored + b"x", stored[:60] + changed + stored[61:], b"gwr2" + stored[4:])
    assert all(reading_from_bytes(each, "key", width=model.width) is None for each in damaged)
    assert reading_from_bytes(stored, "other key", width=model.width) is None
    assert reading_from_bytes(stored, "key", width=model.width - 1) is None
    odd = reading_to_bytes(Reading(np.full(model.width, np.nan, np.float32), ()), "key")
    assert reading_from_bytes(odd, "key", width=model.width) is None


def test_a_text_asked_for_by_many_at_once_is_read_once(bundle: Bundle, tools: Tools, read: list[str]) -> None:
    """Eight threads, one text: measured once, eight equal answers."""
    model, together = BundleModel(bundle, tools, MemoryCache()), Barrier(8)

    def ask(number: int) -> bytes:
        together.wait()
        return model.read((replace(ESSAYS[1], id=str(number)),))[0].values.tobytes()

    with ThreadPoolExecutor(8) as threads:
        assert 1 == len(set(threads.map(ask, range(8))))
    assert 1 == len(read)


def test_what_cannot_be_read_is_refused_by_name(bundle: Bundle, tools: Tools) -> None:
    """Each asker hears of its own essay; nothing of it is quoted."""
    model = BundleModel(bundle, tools, MemoryCache())
    with pytest.raises(InputError, match="essay 'empty': text of 3 characters has no words"):
        model.read((replace(ODD, id="empty", text="§§§"),))
    with pytest.raises(BundleError, match="reading of 1 numbers is not one of model trial"):
        model.grade(("x",), (Reading(np.zeros(1, np.float32), ()),))
    assert () == model.grade((), ())
    model.close()


def test_a_model_is_made_of_verified_files(trained: Trained, tools: Tools) -> None:
    """A builder makes a model of the files of a bundle, and of no others."""
    build = model_builder(tools, MemoryCache())
    files = read_plain_files(trained.bundle)
    model = build(files)
    assert (files.keys(), "trial") == (read_plain_files(trained.bundle).keys(), model.identity.name)
    assert model.bundle.digest == model.identity.digest
    with pytest.raises(BundleError):
        build({**files, "model.onnx": b"x"})


def test_another_checker_is_refused(bundle: Bundle) -> None:
    """A model answers only where texts are checked as in its training."""
    tools = Tools(lambda _name, _language: None, readers=1)
    with pytest.raises(BundleError, match="was trained with checker"):
        BundleModel(bundle, tools, MemoryCache())


def test_other_models_may_remember_nothing() -> None:
    """A model that keeps no readings has none to give."""
    assert (None, None) == recalled(object(), ESSAYS[:2])  # type: ignore[arg-type]


TEXT = st.text(max_size=6)
NUMBERS = st.dictionaries(st.sampled_from(["a", "b"]), st.floats(allow_nan=False), max_size=2)
MAYBE = st.none() | TEXT


@given(st.tuples(TEXT, MAYBE, MAYBE, NUMBERS, TEXT), st.tuples(TEXT, MAYBE, MAYBE, NUMBERS, TEXT), TEXT, TEXT)
def test_whatever_shapes_a_reading_is_in_its_key(
    one: tuple[str, str | None, str | None, dict[str, float], str],
    other: tuple[str, str | None, str | None, dict[str, float], str],
    name: str,
    other_name: str,
) -> None:
    """Another text, task, prompt, given number or model is another key; another id is none."""

    def key(parts: tuple[str, str | None, str | None, dict[str, float], str], essay_id: str) -> str:
        text, task, prompt, numbers, model = parts
        essay = Essay(id=essay_id, text=text, prompt_text=task, prompt=prompt, given=numbers)
        return reading_key(essay, shaped_by=model, given=("a", "b"))

    assert key(one, name) == key(one, other_name)
    assert (repr(one) == repr(other)) == (key(one, name) == key(other, other_name))


def test_numbers_that_the_model_does_not_read_are_in_no_key() -> None:
    """A number that comes with an essay counts where the model reads it."""
    plain = Essay(id="1", text="A text.")
    told = replace(plain, given={"score": 2.5})
    assert reading_key(plain, shaped_by="m") == reading_key(told, shaped_by="m")
    assert reading_key(plain, shaped_by="m", given=("score",)) != reading_key(
        told, shaped_by="m", given=("score",)
    )


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=5),
    st.lists(
        st.builds(
            Advisory,
            code=st.just("too_long"),
            message=TEXT,
            value=st.floats(allow_nan=False),
            limit=st.integers(-5, 5),
        ),
        max_size=2,
    ),
)
def test_readings_come_back_as_they_were(values: list[float], advisories: list[Advisory]) -> None:
    """Whatever a reading holds, its bytes hold it."""
    reading = Reading(np.array(values, np.float32), tuple(advisories))
    back = reading_from_bytes(reading_to_bytes(reading, "k"), "k", width=len(values))
    assert back is not None
    assert (reading.values.tobytes(), reading.advisories) == (back.values.tobytes(), back.advisories)


def test_work_that_fails_fails_for_who_did_it() -> None:
    """Others that waited for it try themselves, and their result is shared again."""
    flights, begun, go_on = SingleFlight[str](), Event(), Event()

    def fail() -> str:
        begun.set()
        go_on.wait()
        raise InputError("mine")

    def failing() -> None:
        with pytest.raises(InputError, match="mine"):
            flights.do("key", fail)

    first = Thread(target=failing)
    first.start()
    begun.wait()
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(flights.do, "key", lambda: "done")
        go_on.set()
        assert "done" == second.result()
    first.join()


def test_a_document_keeps_its_views_when_it_is_checked() -> None:
    """What was made of the text is not made again; a document is checked once."""
    document = build_document("One word. Another word.", language="en")
    words = document.words
    checked = document.with_findings(())
    assert checked.words is words
    assert (None, ()) == (document.findings, checked.findings)
    with pytest.raises(InputError, match="findings already"):
        checked.with_findings(())


def test_a_scorer_within_another_program(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: Sequence[Prediction]
) -> None:
    """A path is enough: essays or texts, one or many, with the answers of offline scoring."""
    monkeypatch.setenv("GRADEWISE_CACHE_DIR", str(tmp_path / "cache"))
    with load_scorer(trained.run) as scorer:
        assert offline[0] == scorer.score(ESSAYS[0], n_reasons=3)
        many = scorer.score_many([*ESSAYS, ODD], n_reasons=3)
        texts = scorer.score_many([ESSAYS[0].text, ESSAYS[1].text])
        with pytest.raises(InputError, match="essay '2' is empty"):
            scorer.score_many(["Some words.", " \n"])
        assert "trial" == scorer.identity.name
    assert list(offline) == list(many)
    assert ["1", "2"] == [each.essay_id for each in texts]
    with load_scorer(trained.run, cache=MemoryCache()) as other:
        assert offline[1] == other.score(ESSAYS[1], n_reasons=3)
    with pytest.raises(BundleError, match="holds no model"):
        load_scorer(tmp_path)


def test_the_checker_is_the_one_of_training() -> None:
    """What a service checks with is what training checks with, however many threads share a text."""
    make = find_checker("harper", "en")
    assert make is not None
    assert make().fingerprint == HarperChecker(threads=2).fingerprint


def test_the_package_hands_on_the_scorer_and_stays_light() -> None:
    """`import gradewise` imports nothing heavy; `load_scorer` is there when it is asked for."""
    script = (
        "import sys, gradewise; assert 'numpy' not in sys.modules; "
        "from gradewise import load_scorer; assert 'numpy' in sys.modules; print(load_scorer.__name__)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(gradewise.__file__).parents[1])}
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert "load_scorer" == said.stdout.strip()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gradewise.nothing  # noqa: B018 - asked for, not used
