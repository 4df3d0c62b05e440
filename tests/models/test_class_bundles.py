"""Bundles of models of classes: whole or absent when written, refused when anything is not as it was."""

import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from damaged_bundles import CUSTOM_OPERATOR, EXTERNAL_DATA, Files, signed
from gradewise.errors import BundleError
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.archives import write_archive
from gradewise.models.bundles.bundle import bundle_from_files, load_bundle
from gradewise.models.bundles.contents import bundle_files, write_bundle
from gradewise.models.bundles.ensembles import gather_members
from gradewise.models.bundles.storage import SIGNATURE
from gradewise.models.bundles.verified import Bundle
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle, made_up_texts
from gradewise.testing.graders import made_up_bundle

CONTENTS = made_up_class_bundle()
FILES = bundle_files(CONTENTS)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A sound bundle."""
    return bundle_from_files(FILES)


def test_a_loaded_bundle_is_the_written_one(bundle: Bundle) -> None:
    """Metadata, columns, components and classes come back as they went in; there are no trees."""
    texts, codes = made_up_texts(40, seed=3)
    assert CONTENTS.components is not None
    matrix = bundle.complete(_measured(bundle, texts), texts)
    np.testing.assert_array_equal(CONTENTS.components.transform(texts), matrix.values)
    np.testing.assert_array_equal(codes, bundle.overall.say(matrix.values).codes)
    assert (CLASSES, "nominal") == (bundle.scale, bundle.metadata.task)
    assert (CONTENTS.schema, CONTENTS.profile) == (bundle.schema, bundle.profile)
    assert repr(CONTENTS.metadata) == repr(bundle.metadata)
    assert {
        "components.json", "components.safetensors", "confidence.json", "feature_config.json", "model.onnx",
        "model_card.md", "model_metadata.json", "parity.json", "reference_profile.json", SIGNATURE,
    } == set(FILES)  # fmt: skip


def test_the_label_of_texts_of_no_class_is_kept() -> None:
    """A bundle of before it was kept has none, and loads as it ever did."""
    known = bundle_from_files(bundle_files(made_up_class_bundle(out_of_scope="oos")))
    assert "oos" == known.metadata.out_of_scope
    metadata = json.loads(FILES["model_metadata.json"])
    del metadata["out_of_scope"]
    older = bundle_from_files(signed({**FILES, "model_metadata.json": json.dumps(metadata).encode()}))
    assert older.metadata.out_of_scope is None


@pytest.mark.parametrize("label", ["Refund", " ", " oos", "o\nos"])
def test_a_label_that_cannot_be_of_no_class_is_refused(label: str) -> None:
    """One of the classes, nothing, or no label at all; and grades have none."""
    with pytest.raises(BundleError, match="out-of-scope label"):
        replace(CONTENTS.metadata, out_of_scope=label)
    with pytest.raises(BundleError, match="only models of classes have one"):
        replace(made_up_bundle().metadata, out_of_scope="oos")


def test_it_may_be_an_archive_or_read_given_numbers(tmp_path: Path) -> None:
    """As every bundle; a bundle without components is one too."""
    given = made_up_class_bundle(given=("urgency_score", "embeddings__000"))
    archive = write_archive(bundle_files(given), tmp_path / "intents.tar")
    assert tarfile.is_tarfile(archive)
    assert given.schema == load_bundle(archive).schema
    assert ("urgency_score", "embeddings__000") == load_bundle(archive).measured.names


def test_what_has_a_sense_for_grades_alone_is_refused_in_words(bundle: Bundle) -> None:
    """Scores that features move, cuts, advisories, ensembles: each says why."""
    refusals: tuple[tuple[Callable[[], Any], str], ...] = (
        (lambda: bundle.explainer, "explain it by leaving words out"),
        (lambda: bundle.overall.grade_confidence, "only grades have cuts"),
        (lambda: bundle.reference, "gives no advisories"),
        (lambda: bundle.require_grades("gradewise robustness"), "tells 4 classes apart"),
        (lambda: gather_members([FILES, FILES]), "classifier.learner: voting"),
        (lambda: gather_members([bundle_files(made_up_bundle()), FILES]), "classifier.learner: voting"),
    )
    for asked, why in refusals:
        with pytest.raises(BundleError, match=why):
            asked()


def test_a_card_speaks_of_classes() -> None:
    """What is told apart, from how many texts, and where to be careful; never of essays or teachers."""
    few = replace(CONTENTS.metadata.data, label_counts={"greeting": 3, "refund": 20})
    contents = replace(
        made_up_class_bundle(given=tuple(f"n{number}" for number in range(12))),
        metadata=replace(
            made_up_class_bundle(given=tuple(f"n{number}" for number in range(12))).metadata, data=few
        ),
    )
    card = bundle_files(contents)["model_card.md"].decode()
    for said in (
        "to which of 4 classes a text belongs", "probability of 0.60 or more", "| lost card | 0 |",
        "16 numbers a text (12 given, 4 components of its words)", "n0, n1", "and 2 more",
        "Fewer than 10 training texts had: greeting, lost card, opening hours.",
    ):  # fmt: skip
        assert said in card
    assert {"essay", "teacher", "grade,"}.isdisjoint(card.casefold().split())


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_changed_or_missing_file_is_noticed(name: str) -> None:
    """One flipped bit, half a file or none, and the bundle is refused."""
    content = bytearray(FILES[name])
    content[len(content) // 2] ^= 1
    damaged: tuple[Files, ...] = (
        {**FILES, name: bytes(content)},
        {**FILES, name: FILES[name][: len(content) // 2]},
        {each: FILES[each] for each in FILES if each != name},
    )
    for files in damaged:
        with pytest.raises(BundleError):
            bundle_from_files(files)


def _json(name: str, **changes: object) -> dict[str, bytes]:
    content = json.loads(FILES[name]) | changes
    return signed(FILES, **{name.replace(".", "__"): json.dumps(content).encode()})


def _less(*names: str) -> dict[str, bytes]:
    return signed({name: content for name, content in FILES.items() if name not in names})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (_json("model_metadata.json", task="ordinal"), "task ordinal does not go with scale classes"),
        (_json("model_metadata.json", engines=["lightgbm"]), "engines lightgbm grow trees of grades"),
        (
            _json("model_metadata.json", scale={"name": "x", "grades": ["a", "b"], "ordered": False}),
            "does not belong to the scale",
        ),
        (_json("confidence.json", least=1.5), "least is 1.5; it must lie in 0 to 1"),
        (_json("confidence.json", threshold="nan"), "threshold is nan"),
        (_json("confidence.json", coverage=-0.1), "coverage is -0.1"),
        (_json("parity.json", codes=[0] * 8), "no longer grades its test rows"),
        (_json("parity.json", values=[[1.0]] * 8), "test rows have widths"),
        (_json("components.json", terms=["hello"]), "components.safetensors: text components of words"),
        (_json("components.json", kind="letters"), "components.json is not readable: kind"),
        (_json("feature_config.json", language="sv"), "the feature schema has fingerprint"),
        (_less("components.json"), "components.json is missing"),
        (_less("components.json", "components.safetensors"), "the learnt columns of the schema are not"),
        (signed(FILES, components__safetensors=b"no tensors"), "components.safetensors is not readable"),
        (signed(FILES, trees__safetensors=b"x"), "trees.safetensors is not a file of this format"),
        (signed(FILES, model__onnx=CUSTOM_OPERATOR), "model"),
        (signed(FILES, model__onnx=EXTERNAL_DATA), "model"),
        (signed(FILES, model__onnx=FILES["model.onnx"][:400]), "model"),
    ],
    ids=[
        "task", "engines", "scale", "least", "threshold", "coverage", "codes", "rows", "terms", "kind",
        "language", "one component file", "no components", "tensors", "trees", "operator", "outside", "half",
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_though_signed(files: Files, message: str) -> None:
    """A signature proves nothing about sense."""
    with pytest.raises(BundleError, match=message) as refused:
        bundle_from_files(files)
    assert "\n" not in str(refused.value)


def test_what_does_not_belong_together_is_not_written() -> None:
    """Trees, references of essays and cuts belong to grades alone."""
    grades = made_up_bundle()
    for changes, message in (
        ({"reference": grades.reference}, "give `reference` to the former alone"),
        ({"overall": grades.overall}, "give trees to models of grades"),
        (
            {"overall": replace(CONTENTS.overall, confidence=grades.overall.confidence)},
            "does not belong to scale classes",
        ),
        ({"components": None}, "the learnt columns of the schema are not"),
    ):
        with pytest.raises(BundleError, match=message):
            replace(CONTENTS, **changes)


def test_the_words_on_disk_are_those_in_memory(tmp_path: Path) -> None:
    """Axes that half precision does not hold are kept whole."""
    assert CONTENTS.components is not None
    odd = replace(CONTENTS.components, axes=CONTENTS.components.axes / np.float32(3))
    back = load_bundle(write_bundle(replace(CONTENTS, components=odd), tmp_path / "odd")).components
    assert back is not None
    np.testing.assert_array_equal(odd.axes, back.axes)


def _measured(bundle: Bundle, texts: tuple[str, ...]) -> FeatureMatrix:
    names = tuple(f"text-{place}" for place in range(len(texts)))
    return FeatureMatrix(np.zeros((len(texts), 0), dtype=np.float32), bundle.measured, names)
