"""An ensemble is a bundle like any other: whole, signed, and as good as the sum of its members."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradewise.errors import BundleError
from gradewise.evaluation.policy import ReviewPolicy
from gradewise.models.bundles.archives import write_archive
from gradewise.models.bundles.bundle import bundle_from_files, load_bundle, metadata_of
from gradewise.models.bundles.contents import METADATA, bundle_files
from gradewise.models.bundles.ensemble_files import ENSEMBLE
from gradewise.models.bundles.ensembles import Stacked, ensemble_files, gather_members
from gradewise.models.bundles.storage import SIGNATURE, content_id, sign, write_files
from gradewise.models.confidence import Confidence
from gradewise.models.grade_sets import GradeSets
from gradewise.testing.graders import SCALE, made_up_bundle, made_up_grader, made_up_matrix
from gradewise.workflows.scoring.trial import try_in_child

Files = Mapping[str, bytes]
POLICY = ReviewPolicy(cuts=(2,), required=0.9, level=0.9, threshold=0.5)
VALUES = made_up_matrix(40, seed=5)[0].values


def member(seed: int, *, cuts: tuple[int, ...] = (1,)) -> dict[str, bytes]:
    """A bundle of a model that learnt by another seed."""
    contents = made_up_bundle(*made_up_grader(seed=seed), name=f"member-{seed}")
    policy = ReviewPolicy(cuts=cuts, required=0.95, level=0.95, threshold=0.9 - seed / 100)
    sets = GradeSets(0.9, (1.0 + seed / 10,) * SCALE.n_grades)
    return bundle_files(
        replace(contents, overall=replace(contents.overall, confidence=Confidence(sets, policy)))
    )


@pytest.fixture(scope="module")
def members() -> tuple[Files, Files]:
    """Two bundles."""
    return member(0), member(1)


@pytest.fixture(scope="module")
def averaged(members: tuple[Files, Files]) -> dict[str, bytes]:
    """Both as one."""
    return ensemble_files(gather_members(members), name="both", version="20260201_120000")


def test_it_says_the_mean_of_its_members(members: tuple[Files, Files], averaged: Files) -> None:
    """Scores and probabilities are those of members, averaged; it says of itself what it is."""
    found = bundle_from_files(averaged).grader.predict(VALUES)
    first, second = (bundle_from_files(files).grader.predict(VALUES) for files in members)
    np.testing.assert_allclose(found.scores, (first.scores + second.scores) / 2, atol=1e-6)
    np.testing.assert_allclose(
        found.probabilities, (first.probabilities + second.probabilities) / 2, atol=1e-12
    )
    known = metadata_of(averaged)
    assert ("both", "ensemble of lightgbm", 2) == (
        known.name, known.framework, known.hyperparameters["members"],
    )  # fmt: skip


def test_it_promises_what_the_most_careful_member_promises(averaged: Files) -> None:
    """The widest grade sets and the strictest policy."""
    promised = bundle_from_files(averaged).overall.grade_confidence
    assert 1.1 == promised.grade_sets.quantiles[0]
    assert 0.9 == promised.policy.threshold


def test_explanations_sum_to_the_score(averaged: Files) -> None:
    """What features add, with what is expected without any, is the score."""
    bundle = bundle_from_files(averaged)
    added = bundle.explainer.contributions_many(VALUES)
    scores = bundle.grader.predict(VALUES).scores
    np.testing.assert_allclose(added.sum(axis=1) + bundle.explainer.expected_value, scores, atol=1e-4)
    bundle.overall.check_arrays()


def test_it_travels_like_any_bundle(averaged: Files, tmp_path: Path) -> None:
    """As a directory and as an archive it has one content id and grades alike."""
    directory = load_bundle(write_files(averaged, tmp_path / "both"))
    packed = load_bundle(write_archive(averaged, tmp_path / "both.tar.gz"))
    assert content_id(averaged) == directory.digest == packed.digest
    expected = bundle_from_files(averaged).grader.predict(VALUES).scores.tobytes()
    assert expected == packed.grader.predict(VALUES).scores.tobytes()


def test_it_can_be_tried_in_a_child_before_it_serves(averaged: Files) -> None:
    """A slot takes it as it takes any bundle."""
    asyncio.run(try_in_child(averaged))


def test_the_same_members_make_the_same_bytes(members: tuple[Files, Files], averaged: Files) -> None:
    """No time and no chance."""
    assert averaged == ensemble_files(gather_members(members), name="both", version="20260201_120000")


def test_learnt_weights_and_cuts_count(members: tuple[Files, Files]) -> None:
    """All weight on one member, and its cuts moved: its scores, other grades."""
    stacked = Stacked(
        weights=(0.0, 1.0),
        cuts=np.array([-9, -8, -7, -6], dtype=np.float32),
        confidence=Confidence(GradeSets(0.8, (2.0,) * 5), POLICY),
        metrics={},
        sha256="a" * 64,
        n=100,
    )
    bundle = bundle_from_files(
        ensemble_files(gather_members(members), name="both", version="20260201_120000", stacked=stacked)
    )
    alone = bundle_from_files(members[1]).grader.predict(VALUES)
    found = bundle.grader.predict(VALUES)
    assert alone.scores.tolist() == found.scores.tolist()
    assert {4} == set(found.codes.tolist())
    assert (0.8, (2,)) == (
        bundle.overall.grade_confidence.grade_sets.coverage, bundle.overall.grade_confidence.policy.cuts,
    )  # fmt: skip


def swapped(files: dict[str, bytes]) -> None:
    """Exchange the members' archives."""
    files["member_1.tar"], files["member_2.tar"] = files["member_2.tar"], files["member_1.tar"]


def cut_short(files: dict[str, bytes]) -> None:
    """Leave half of an archive."""
    files["member_1.tar"] = files["member_1.tar"][:5000]


def missing(files: dict[str, bytes]) -> None:
    """Leave an archive out."""
    del files["member_2.tar"]


def respelled(old: bytes, new: bytes, name: str = ENSEMBLE) -> Callable[[dict[str, bytes]], None]:
    """Change something in a file."""

    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swapped, "holds another bundle"),
        (cut_short, "member_1.tar"),
        (missing, "member_2.tar is missing"),
        (respelled(b'"weight": 0.5', b'"weight": 0.7'), "no shares"),
        (respelled(b'"weight": 0.5', b'"weight": "x"'), "ensemble.json is not readable"),
        (respelled(b'"codes": [\n', b'"codes": [\n  4,\n', "parity.json"), "test rows"),
        (respelled(b'"format": ', b'"format": 9', METADATA), "format 9"),
        (lambda files: files.update({"more.bin": b""}), "more.bin"),
    ],
    ids=["swapped", "cut short", "missing", "weights", "words", "self-test", "format", "more"],
)
def test_a_damaged_ensemble_is_refused(
    averaged: Files, change: Callable[[dict[str, bytes]], None], message: str
) -> None:
    """Even where somebody signed the damage."""
    files = {name: content for name, content in averaged.items() if name != SIGNATURE}
    change(files)
    with pytest.raises(BundleError, match=message):
        bundle_from_files(sign(files))


def test_wrong_cuts_are_refused(averaged: Files) -> None:
    """Cuts that do not rise grade nothing."""
    files = {name: content for name, content in averaged.items() if name != SIGNATURE}
    head, tail = files[ENSEMBLE].split(b'"cuts": [', 1)
    files[ENSEMBLE] = head + b'"cuts": [[1, 1, 2, 3]], "x": [' + tail
    with pytest.raises(BundleError, match="no cuts for scale"):
        bundle_from_files(sign(files))


def test_an_ensemble_is_no_member(members: tuple[Files, Files], averaged: Files) -> None:
    """Its members are named instead."""
    with pytest.raises(BundleError, match="an ensemble itself"):
        ensemble_files(gather_members((members[0], averaged)), name="all", version="20260201_120000")


def test_a_member_counts_once(members: tuple[Files, Files]) -> None:
    """Named twice it would count twice, unsaid."""
    with pytest.raises(BundleError, match="named twice"):
        gather_members((members[0], members[0]))


def test_one_member_is_no_ensemble(members: tuple[Files, Files]) -> None:
    """Two at least."""
    with pytest.raises(BundleError, match="1 members make no ensemble"):
        ensemble_files(gather_members(members[:1]), name="one", version="20260201_120000")


def test_other_promises_must_be_learnt_anew(members: tuple[Files, Files]) -> None:
    """Members with other cuts promise something that cannot be averaged."""
    other = member(2, cuts=(1, 2))
    with pytest.raises(BundleError, match="--stack-on"):
        ensemble_files(gather_members((members[0], other)), name="both", version="20260201_120000")
