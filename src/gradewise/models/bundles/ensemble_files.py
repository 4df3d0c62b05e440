"""An ensemble as files: a record, its members as whole archives, and what is promised beside its grades."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum, isclose

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.essays.scales import Scale
from gradewise.models.bundles.archives import archive_of, files_in_archive
from gradewise.models.bundles.files import (
    LEVELS,
    ReferenceProfile,
    SelfTest,
    from_json,
    make_self_test,
    to_json,
)
from gradewise.models.bundles.storage import content_id
from gradewise.models.bundles.targets import CONFIDENCE, SELF_TEST, TargetModel
from gradewise.models.confidence import Promise
from gradewise.models.pooling import MOST_MEMBERS, Columns, PooledExplainer, PooledGrader
from gradewise.models.shapley import Explainer

ENSEMBLE = "ensemble.json"
"""What makes a bundle an ensemble: its members, weights and cuts."""
_FEWEST_MEMBERS = 2
_SPREAD = 8  # rows of a self-test


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """One member."""

    file: str
    """Its archive."""
    name: str
    """Of the model."""
    version: str
    """When it was made."""
    content_id: str
    """Of its bundle."""
    weight: float
    """Its share of what the ensemble says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleRecord:
    """What an ensemble is made of.

    Raises:
        BundleError: there are too few or too many members, or weights are no shares.
    """

    members: tuple[MemberRecord, ...]
    """In the order in which they read."""
    cuts: tuple[tuple[float, ...], ...]
    """Where grades end on the pooled score: of the overall grade, then of each trait."""
    stacked_on: str = ""
    """Digest of the essays that weights and cuts were learnt on; empty for a plain average."""

    def __post_init__(self) -> None:
        weights = [member.weight for member in self.members]
        if not _FEWEST_MEMBERS <= len(weights) <= MOST_MEMBERS:
            raise BundleError(
                f"{len(weights)} members make no ensemble; name {_FEWEST_MEMBERS} to {MOST_MEMBERS}"
            )
        if min(weights) < 0 or not isclose(fsum(weights), 1, abs_tol=1e-9):
            raise BundleError(f"weights {weights} are no shares; they must be at least 0 and sum to 1")

    @property
    def weights(self) -> tuple[float, ...]:
        """Of the members, in their order."""
        return tuple(member.weight for member in self.members)


@dataclass(frozen=True, eq=False)
class PooledTarget(TargetModel):
    """One target of an ensemble: what members say of it, as one."""

    members: tuple[tuple[TargetModel, Columns], ...] = field(default=(), repr=False)
    """The members' models of it, with where their features stand."""
    weights: tuple[float, ...] = ()
    """Of the members."""

    @cached_property
    def explainer(self) -> Explainer:
        """Says what each feature added to a score; made on first use."""
        parts = [(target.explainer, columns) for target, columns in self.members]
        return PooledExplainer(parts, self.weights, width=self.grader.n_features)

    def check_arrays(self) -> None:
        """See that the arrays of each member make a score model."""
        for target, _ in self.members:
            target.check_arrays()


def archive_names(n: int) -> tuple[str, ...]:
    """Names of the members' archives."""
    return tuple(f"member_{number}.tar" for number in range(1, n + 1))


def ensemble_names(record: EnsembleRecord, prefixes: Sequence[str]) -> frozenset[str]:
    """The files that only an ensemble has, and those of its targets."""
    kept = {f"{prefix}{name}" for prefix in prefixes for name in (SELF_TEST, CONFIDENCE)}
    return frozenset({ENSEMBLE, *kept, *(member.file for member in record.members)})


def member_archives(members: Sequence[Mapping[str, bytes]]) -> dict[str, bytes]:
    """Bundles as archives by name.

    Raises:
        BundleError: one is not what its signature says.
    """
    return {name: archive_of(files) for name, files in zip(archive_names(len(members)), members, strict=True)}


def read_record(files: Mapping[str, bytes]) -> EnsembleRecord:
    """The record of an ensemble."""
    return from_json(EnsembleRecord, files[ENSEMBLE], name=ENSEMBLE)


def member_files(files: Mapping[str, bytes], member: MemberRecord) -> dict[str, bytes]:
    """The files of a member, verified.

    Raises:
        BundleError: its archive is missing or damaged, holds another bundle, or an ensemble.
    """
    if member.file not in files:
        raise BundleError(f"{member.file} is missing; copy the bundle again")
    found = files_in_archive(files[member.file], name=member.file)
    if content_id(found) != member.content_id:
        raise BundleError(f"{member.file} holds another bundle than {ENSEMBLE} says; copy the bundle again")
    refuse_nested(found)
    return found


def pooled_target(
    members: Sequence[tuple[TargetModel, Columns]],
    record: EnsembleRecord,
    place: int,
    *,
    width: int,
    self_test: SelfTest | None = None,
    confidence: Promise,
) -> PooledTarget:
    """One target of an ensemble; it must grade its own test rows as when it was made.

    Args:
        members: their models of the target, with where their features stand.
        record: weights and cuts.
        place: of the target, 0 for the overall grade.
        width: features of the ensemble.
        self_test: rows with what must come out; made elsewhere when ``None``.
        confidence: what is promised beside a grade.

    Raises:
        BundleError: anything does not fit together.
    """
    first = members[0][0]
    cuts = np.array(record.cuts[place], dtype=np.float32)
    if len(cuts) != first.scale.n_grades - 1 or not (np.diff(cuts) > 0).all():
        raise BundleError(f"{ENSEMBLE} holds no cuts for scale {first.scale.name}; make the ensemble again")
    grader = PooledGrader(
        [(target.grader, columns) for target, columns in members], record.weights, cuts, width=width
    )
    if self_test is not None:
        self_test.check(grader.predict(self_test.rows(n_features=width)))
    return PooledTarget(
        name=first.name,
        scale=first.scale,
        grader=grader,
        self_test=self_test or SelfTest((), (), ()),
        confidence=confidence,
        trees=b"",
        members=tuple(members),
        weights=record.weights,
    )


def target_parts(target: TargetModel, prefix: str, profile: ReferenceProfile) -> dict[str, bytes]:
    """What is kept of a target beside its members: a self-test, and what is promised."""
    rows = _ordinary_rows(profile)
    return {
        f"{prefix}{SELF_TEST}": to_json(make_self_test(rows, target.grader.predict(rows))),
        f"{prefix}{CONFIDENCE}": to_json(target.confidence),
    }


def _ordinary_rows(profile: ReferenceProfile) -> NDArray[np.float32]:
    """Rows in the range of the training essays: from low quantiles to high ones."""
    levels = np.linspace(1, len(LEVELS) - 2, _SPREAD).round().astype(int)
    quantiles = np.array(list(profile.quantiles.values()), dtype=np.float32)
    return np.ascontiguousarray(quantiles[:, levels].T)


def refuse_classes(scales: Iterable[Scale]) -> None:
    """Refuse members that tell classes apart.

    Raises:
        BundleError: one does.
    """
    if not all(scale.ordered for scale in scales):
        raise BundleError(
            "a member tells classes apart, and an ensemble pools scores of grades; to average several "
            "learners of classes, train one model with classifier.learner: voting"
        )


def refuse_nested(files: Mapping[str, bytes]) -> None:
    """Refuse an ensemble as a member.

    Raises:
        BundleError: it is one.
    """
    if ENSEMBLE in files:
        raise BundleError("a member is an ensemble itself; name the members of that one instead")
