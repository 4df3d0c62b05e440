"""Text models at work: vectors are made once, columns are where they belong, nothing held out teaches."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import BundleError, InputError, PlanError
from gradewise.essays.records import Essay
from gradewise.features.catalogue import build_schema
from gradewise.features.embeddings import EMBEDDER, embedding_columns, with_embeddings
from gradewise.features.schema import FeatureSchema
from gradewise.models.folds import FoldRows
from gradewise.protocols.measuring import Embedder
from gradewise.telemetry import Event, Notice, StageAdvanced, StageStarted, silent
from gradewise.testing.fakes import FakeEmbedder
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring import embed
from gradewise.workflows.measuring.embed import embed_texts, measure_columns, measure_one
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.views import learn_views
from trials import essay_rows, small_plan

TEXTS = [f"text number {number} about {'many ' * (number % 4)}things" for number in range(70)]
NAMED = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
BOTH = with_embeddings(NAMED, 8, fingerprint=FakeEmbedder().fingerprint)
ALONE = with_embeddings(FeatureSchema((), "en"), 8, fingerprint=FakeEmbedder().fingerprint)
ESSAYS = [Essay(id=f"e{number}", text=text) for number, text in enumerate(TEXTS)]


def test_a_second_run_embeds_nothing() -> None:
    """Vectors are found in the cache, to the bit; another model's are not taken for them."""
    cache, first = MemoryCache(), FakeEmbedder()
    expected = embed_texts(TEXTS, first, cache=cache)
    np.testing.assert_array_equal(FakeEmbedder().embed(TEXTS), expected.vectors)
    again, other = FakeEmbedder(), FakeEmbedder(name="other")
    np.testing.assert_array_equal(expected.vectors, embed_texts(TEXTS, again, cache=cache).vectors)
    assert not np.array_equal(expected.vectors, embed_texts(TEXTS, other, cache=cache).vectors)
    assert (70, 0, 70) == (first.embedded, again.embedded, other.embedded)


def test_a_text_is_embedded_once_however_often_it_occurs() -> None:
    """Copies share a vector."""
    embedder = FakeEmbedder()
    found = embed_texts(["a b", "c", "a b"], embedder, cache=MemoryCache())
    np.testing.assert_array_equal(found.vectors[0], found.vectors[2])
    assert 2 == embedder.embedded


def test_a_stopped_run_goes_on_from_where_it_was() -> None:
    """What was embedded before the failure is not embedded again."""
    cache = MemoryCache()
    with pytest.raises(InputError, match="fails on a text"):
        embed_texts(TEXTS, FakeEmbedder(fails_on="number 69 "), cache=cache)
    rest = FakeEmbedder()
    embed_texts(TEXTS, rest, cache=cache)
    assert len(TEXTS) % embed.CHUNK == rest.embedded


def test_progress_and_coverage_are_told() -> None:
    """Every text counts, and how many were longer than the model reads at once is said."""
    heard: list[Event] = []
    texts = [*TEXTS[:68], "word " * 25, "word " * 35]
    found = embed_texts(texts, FakeEmbedder(words_at_once=10), cache=MemoryCache(), listener=heard.append)
    assert StageStarted("embeddings", 70, "essays") == heard[0]
    assert [0, 32, 64, 70] == [event.done for event in heard if isinstance(event, StageAdvanced)]
    assert [3, 4] == found.pieces[-2:].tolist()
    (notice,) = (event.message for event in heard if isinstance(event, Notice))
    assert "2 of 70 essays are longer than the text model reads at once" in notice
    assert "3.5 overlapping pieces on average" in notice


@pytest.mark.parametrize("schema", [NAMED, ALONE, BOTH], ids=["handcrafted", "embeddings", "combined"])
def test_columns_are_measured_as_the_schema_says(schema: FeatureSchema) -> None:
    """Handcrafted features first, then vectors, each as it is by itself; one essay gives the same row."""
    embedder, columns = FakeEmbedder(), embedding_columns(schema)
    matrix = measure_columns(ESSAYS, schema=schema, checker=None, embedder=embedder, cache=MemoryCache())
    named = measure_columns(ESSAYS, schema=NAMED, checker=None, embedder=None, cache=MemoryCache())
    if columns.stop:
        np.testing.assert_array_equal(embedder.embed(TEXTS), matrix.values[:, columns])
    if columns.start or not columns.stop:
        np.testing.assert_array_equal(named.values, matrix.values[:, : len(NAMED)])
    row, document = measure_one(ESSAYS[3], schema=schema, checker=None, embedder=embedder)
    np.testing.assert_array_equal(matrix.values[3], row)
    assert (document is not None) == bool(columns.start or not columns.stop)


def test_handcrafted_features_are_measured_once_for_both() -> None:
    """With a text model beside them they are found where they were kept without."""
    cache = MemoryCache()
    measure_columns(ESSAYS, schema=NAMED, checker=None, embedder=None, cache=cache)
    heard: list[Event] = []
    measure_columns(
        ESSAYS, schema=BOTH, checker=None, embedder=FakeEmbedder(), cache=cache, listener=heard.append
    )
    features = [
        event.done for event in heard if isinstance(event, StageAdvanced) and event.stage == "features"
    ]
    assert [70] == features


def test_vectors_without_a_model_are_refused() -> None:
    """Many essays or one: the columns cannot be had."""
    with pytest.raises(BundleError, match="need a text model and none was given"):
        measure_columns(ESSAYS, schema=BOTH, checker=None, embedder=None, cache=MemoryCache())
    with pytest.raises(BundleError, match="need a text model and none was given"):
        measure_one(ESSAYS[0], schema=ALONE, checker=None, embedder=None)


def test_two_essays_of_one_id_are_refused() -> None:
    """Also where only a text model reads them."""
    twice = [ESSAYS[0], ESSAYS[0]]
    with pytest.raises(InputError, match="essay id 'e0' occurs twice"):
        measure_columns(twice, schema=ALONE, checker=None, embedder=FakeEmbedder(), cache=MemoryCache())


class Blinded(FakeEmbedder):
    """A fake that sees some texts as noise by a seed."""

    def __init__(self, blind_to: frozenset[str], seed: int) -> None:
        super().__init__(name=f"blinded {seed} {hash(blind_to)}")
        self._blind_to, self._noise = blind_to, np.random.default_rng(seed)
        self._plain = FakeEmbedder()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the plain fake sees, but for noise."""
        vectors = self._plain.embed(texts)
        for row, text in enumerate(texts):
            if text in self._blind_to:
                vectors[row] = self._noise.normal(size=self.dimensions)
        return vectors


def prepared(services: Services, **features: Any) -> Dataset:
    """A small plan with a text model; neither checker nor text learners."""
    asked: dict[str, Any] = {
        "set": "combined", "groups": ["length"], "text_learners": [], "checker": "none",
        "embedder": {"model": "a-model", "components": 3},
    }  # fmt: skip
    plan = small_plan(Path(), essay_rows(90), features=asked | features)
    return prepare_dataset(read_plan(plan), services, silent)


def gathered(dataset: Dataset, services: Services, embedder: Embedder) -> Experiment:
    """The experiment as a text model makes it."""
    return gather(dataset, replace(services, open_embedder=lambda _: embedder), silent)


@pytest.fixture
def unblinded(services: Services) -> tuple[Dataset, Experiment]:
    """The plan's essays, and what becomes of them when every text is seen."""
    dataset = prepared(services)
    return dataset, gathered(dataset, services, FakeEmbedder())


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000), fold=st.integers(0, 2))
def test_what_a_fold_holds_out_shapes_nothing_that_it_learns_from(
    services: Services, unblinded: tuple[Dataset, Experiment], seed: int, fold: int
) -> None:
    """With noise for the vectors of held-out essays, the fold's training rows stay to the bit."""
    dataset, usual = unblinded
    held_out = usual.folds[fold].validate_rows
    blind_to = frozenset(usual.train[row].text for row in held_out)
    other = gathered(dataset, services, Blinded(blind_to, seed))
    rows = usual.folds[fold].train_rows
    assert usual.views[fold].values[rows].tobytes() == other.views[fold].values[rows].tobytes()
    assert not np.array_equal(usual.views[fold].values[held_out], other.views[fold].values[held_out])
    assert not np.array_equal(usual.train_matrix.values[rows], other.train_matrix.values[rows])


def test_folds_within_a_fold_do_not_see_what_it_holds_out(services: Services) -> None:
    """Components of inner folds come from their own training rows, whatever the outer fold holds out."""
    dataset = prepared(services)
    usual = gathered(dataset, services, FakeEmbedder())
    outer = usual.folds[0]
    blind_to = frozenset(usual.train[row].text for row in outer.validate_rows)
    other = gathered(dataset, services, Blinded(blind_to, 1))
    inner = FoldRows(outer.train_rows[::2], outer.train_rows[1::2])
    mine, theirs = (
        learn_views(each.material, (inner,), silent, workers=1).by_fold[0].values for each in (usual, other)
    )
    assert mine[outer.train_rows].tobytes() == theirs[outer.train_rows].tobytes()
    assert not np.array_equal(mine[outer.validate_rows], theirs[outer.validate_rows])


def test_the_locked_test_set_shapes_no_component(services: Services) -> None:
    """With noise for its vectors, every matrix that teaches is the same."""
    dataset = prepared(services)
    usual = gathered(dataset, services, FakeEmbedder())
    other = gathered(dataset, services, Blinded(frozenset(essay.text for essay in usual.test), 1))
    np.testing.assert_array_equal(usual.train_matrix.values, other.train_matrix.values)
    for first, second in zip(usual.views, other.views, strict=True):
        np.testing.assert_array_equal(first.values, second.values)
    assert not np.array_equal(usual.test_matrix.values, other.test_matrix.values)


def test_folds_and_the_whole_have_the_same_columns(services: Services) -> None:
    """However many dimensions there are, components stand in their place, in every matrix."""
    experiment = gathered(prepared(services), services, FakeEmbedder(dimensions=20))
    names = ("embedding_pc_01", "embedding_pc_02", "embedding_pc_03")
    matrices = (experiment.train_matrix, experiment.test_matrix, *experiment.views)
    assert {names} == {matrix.schema.names[-3:] for matrix in matrices}
    assert 1 == len({matrix.schema.fingerprint for matrix in matrices})


def test_a_set_of_handcrafted_features_opens_no_model(services: Services) -> None:
    """An embedder in the plan is waiting for its turn."""
    dataset = prepared(services, set="handcrafted")
    assert EMBEDDER not in dataset_schema(dataset, services).versions
    assert gather(dataset, services, silent).projection is None


def test_embeddings_alone_need_no_checker_and_no_group(services: Services, read: list[int]) -> None:
    """Nothing is measured by hand, and nothing is said to be missing."""
    dataset = prepared(services, set="embeddings", checker="harper", groups=["errors"])
    experiment = gathered(dataset, services, FakeEmbedder())
    assert (3, []) == (len(experiment.train_matrix.schema), read)
    assert {} == experiment.train_matrix.schema.absent


def test_kept_features_are_handcrafted_ones(services: Services) -> None:
    """What a text model sees is not chosen by the piece."""
    dataset = prepared(services, keep=["words"])
    assert ("words", "embedding_pc_01") == gathered(
        dataset, services, FakeEmbedder()
    ).train_matrix.schema.names[:2]
    with pytest.raises(PlanError, match="unknown feature 'embedding_000'"):
        gathered(prepared(services, keep=["embedding_000"]), services, FakeEmbedder())


@pytest.mark.parametrize(("components", "most"), [(9, 8), (60, 47)])
def test_more_components_than_there_can_be_are_refused(
    services: Services, components: int, most: int
) -> None:
    """By the dimensions of the model, or by the essays of the smallest fold."""
    dataset = prepared(services, embedder={"model": "a-model", "components": components})
    wide = replace(services, open_embedder=lambda _: FakeEmbedder(dimensions=8 if most == 8 else 100))
    with pytest.raises(PlanError, match=f"components` is {components}; .* allow at most {most}"):
        dataset_schema(dataset, wide)


def test_without_a_way_to_open_models_a_plan_for_one_is_refused(services: Services) -> None:
    """The message names the model and the way out."""
    with pytest.raises(PlanError, match="text model .*a-model cannot be opened here"):
        dataset_schema(prepared(services), services)


def test_the_model_is_opened_as_the_plan_says(services: Services) -> None:
    """Directory, length of pieces and overlap reach the one who opens it."""
    asked: list[EmbedderPlan] = []

    def opened(plan: EmbedderPlan) -> Embedder:
        asked.append(plan)
        return FakeEmbedder()

    dataset = prepared(services, embedder={"model": "m", "max_tokens": 64, "overlap": 8})
    dataset_schema(dataset, replace(services, open_embedder=opened))
    assert {("m", 64, 8)} == {(plan.model.name, plan.max_tokens, plan.overlap) for plan in asked}
