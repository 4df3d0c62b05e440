"""Making an ensemble: several bundles of one scale behind one name, as a bundle like any other."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from gradewise.errors import BundleError
from gradewise.evaluation.results import Interval
from gradewise.models.bundles.bundle import bundle_from_files, pooled_bundle
from gradewise.models.bundles.contents import CARD, FEATURES, METADATA, PROFILE
from gradewise.models.bundles.ensemble_files import (
    ENSEMBLE,
    EnsembleRecord,
    MemberRecord,
    archive_names,
    member_archives,
    refuse_classes,
    refuse_nested,
    target_parts,
)
from gradewise.models.bundles.ensemble_layout import EnsembleLayout, lay_out
from gradewise.models.bundles.files import ReferenceProfile, to_json
from gradewise.models.bundles.metadata import BundleMetadata, TargetMetadata, TrainingColumns, TrainingData
from gradewise.models.bundles.model_card import render_model_card
from gradewise.models.bundles.storage import content_id, sign
from gradewise.models.bundles.targets import target_prefixes
from gradewise.models.bundles.verified import Bundle
from gradewise.models.confidence import Confidence
from gradewise.models.decisions import Cuts
from gradewise.models.pooling import equal_weights, pooled_cuts
from gradewise.models.targets import OVERALL

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stacked:
    """What was learnt on essays that taught no member."""

    weights: tuple[float, ...]
    """Of the members: at least 0, summing to 1."""
    cuts: Cuts
    """Where grades end on the pooled score."""
    confidence: Confidence
    """What is promised beside a grade."""
    metrics: Mapping[str, Interval]
    """How the ensemble did on these essays, each graded by what the others taught."""
    sha256: str
    """Digest of the essays."""
    n: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """Bundles that are to be one."""

    files: tuple[Mapping[str, bytes], ...]
    """Of each, by name."""
    bundles: tuple[Bundle, ...]
    """The same, verified and built."""
    layout: EnsembleLayout
    """What they read together."""


def gather_members(files: Sequence[Mapping[str, bytes]]) -> Members:
    """Verify bundles, and see that they can be one.

    Raises:
        BundleError: one is damaged, named twice or an ensemble itself, or they grade on different scales or
            measure otherwise.
    """
    for each in files:
        refuse_nested(each)
    bundles = tuple(bundle_from_files(each) for each in files)
    refuse_classes(bundle.scale for bundle in bundles)
    if len({bundle.digest for bundle in bundles}) < len(bundles):
        raise BundleError("a member is named twice; give it more weight by stacking instead")
    scales = {bundle.scale.grades for bundle in bundles}
    if len(scales) > 1:
        told = " and ".join(" ".join(grades) for grades in sorted(scales))
        raise BundleError(f"members give different grades ({told}); pool only those of one scale")
    return Members(files=tuple(files), bundles=bundles, layout=lay_out(bundles))


def ensemble_files(
    members: Members, *, name: str, version: str, stacked: Stacked | None = None
) -> dict[str, bytes]:
    """Every file of an ensemble by name, the signature last.

    Without `stacked`, members count alike, cuts are the mean of theirs, and of what they promise beside a
    grade the most careful is promised.

    Raises:
        BundleError: name or version are not fit, or there are too few or too many members.
    """
    bundles, layout = members.bundles, members.layout
    weights = equal_weights(len(bundles)) if stacked is None else stacked.weights
    metadata = _metadata(bundles, layout, name=name, version=version, weights=weights, stacked=stacked)
    record = _record(members, metadata, weights, stacked)
    profile = _profile(bundles, layout)
    kept = {
        known.name: (None, _promised(bundles, known.name, stacked if known.name == OVERALL else None))
        for known in metadata.targets
    }
    pooled = pooled_bundle(metadata, record, bundles, layout, kept=kept, profile=profile, digest="")
    files = {
        METADATA: to_json(metadata),
        FEATURES: to_json(layout.schema),
        PROFILE: to_json(profile),
        CARD: render_model_card(metadata, layout.schema).encode(),
        ENSEMBLE: to_json(record),
        **member_archives(members.files),
    }
    prefixes = target_prefixes(len(metadata.traits))
    for target, prefix in zip((pooled.overall, *pooled.traits), prefixes, strict=True):
        files |= target_parts(target, prefix, profile)
    return sign(files)


def _record(
    members: Members, metadata: BundleMetadata, weights: Sequence[float], stacked: Stacked | None
) -> EnsembleRecord:
    bundles = members.bundles
    cuts = []
    for known in metadata.targets:
        found = [target.grader for bundle in bundles if (target := bundle.target(known.name)) is not None]
        own = stacked is not None and known.name == OVERALL
        at = stacked.cuts if stacked is not None and own else pooled_cuts(found, weights)
        cuts.append(tuple(at.astype(np.float64).tolist()))
    return EnsembleRecord(
        members=tuple(
            MemberRecord(
                file=file,
                name=bundle.metadata.name,
                version=bundle.metadata.version,
                content_id=content_id(files),
                weight=weight,
            )
            for file, bundle, files, weight in zip(
                archive_names(len(bundles)), bundles, members.files, weights, strict=True
            )
        ),
        cuts=tuple(cuts),
        stacked_on="" if stacked is None else stacked.sha256,
    )


def _metadata(
    bundles: Sequence[Bundle],
    layout: EnsembleLayout,
    *,
    name: str,
    version: str,
    weights: Sequence[float],
    stacked: Stacked | None,
) -> BundleMetadata:
    first = bundles[0].metadata
    every = [bundle.metadata for bundle in bundles]
    shares = {f"weight_{place}": weight for place, weight in enumerate(weights, start=1)}
    return BundleMetadata(
        name=name,
        version=version,
        scale=first.scale,
        framework=f"ensemble of {' and '.join(dict.fromkeys(each.framework for each in every))}",
        engines=(),
        versions={name: version for each in every for name, version in each.versions.items()},
        git_sha=first.git_sha if len({each.git_sha for each in every}) == 1 else None,
        data=_data(every),
        split_plan="+".join(dict.fromkeys(each.split_plan for each in every)),
        metrics={} if stacked is None else stacked.metrics,
        hyperparameters={
            "members": len(bundles),
            "stacked_on": 0 if stacked is None else stacked.n,
            **shares,
        },
        feature_fingerprint=layout.schema.fingerprint,
        decision="pooled" if stacked is None else "stacked",
        calibration="+".join(dict.fromkeys(each.calibration for each in every)),
        auxiliaries=tuple({each.name: each for of in every for each in of.auxiliaries}.values()),
        traits=_common_traits(every),
    )


def _common_traits(every: Sequence[BundleMetadata]) -> tuple[TargetMetadata, ...]:
    """Traits that all members grade."""
    return tuple(
        replace(trait, engines=(), metrics={}, decision="pooled")
        for trait in every[0].traits
        if all(trait.name in {other.name for other in each.traits} for each in every)
    )


def _data(every: Sequence[BundleMetadata]) -> TrainingData:
    """Where members' essays came from; those that several learnt from are counted once."""
    distinct = {each.data.sha256: each.data for each in every}
    found = tuple(distinct.values())
    counts = [each.label_counts for each in found]
    grades = every[0].scale.grades
    digest = hashlib.sha256("".join(sorted(distinct)).encode()).hexdigest()
    return TrainingData(
        source="; ".join(dict.fromkeys(each.source for each in found)),
        sha256=found[0].sha256 if len(found) == 1 else digest,
        licence="; ".join(dict.fromkeys(each.licence for each in found)),
        n=sum(each.n for each in found),
        label_counts={grade: sum(of.get(grade, 0) for of in counts) for grade in grades},
        columns=_common([each.columns for each in found]) or TrainingColumns(),
        task=_common([each.task for each in found]),
    )


def _common(values: Sequence[T]) -> T | None:
    """What all say; ``None`` where they differ."""
    return values[0] if values and all(each == values[0] for each in values) else None


def _profile(bundles: Sequence[Bundle], layout: EnsembleLayout) -> ReferenceProfile:
    """What training essays looked like; shared features as the member saw them that measures most."""
    widest = bundles[layout.widest].profile
    names, quantiles = layout.schema.names, {}
    order = [bundle for place, bundle in enumerate(bundles) if place != layout.widest]
    for bundle in (*order, bundles[layout.widest]):
        place = bundles.index(bundle)
        for column, own in zip(layout.columns[place], bundle.schema.names, strict=True):
            quantiles[names[column]] = bundle.profile.quantiles[own]
    data = None if widest.data is None else replace(widest.data, said=None)  # a member's answers, not ours
    return replace(widest, quantiles={each: quantiles[each] for each in names}, data=data)


def _promised(bundles: Sequence[Bundle], name: str, stacked: Stacked | None) -> Confidence:
    """What is promised beside a grade: what was learnt, else the most careful of what members promise."""
    if stacked is not None:
        return stacked.confidence
    every = [target.grade_confidence for bundle in bundles if (target := bundle.target(name)) is not None]
    first = every[0]
    for each in every:
        if each.policy.cuts != first.policy.cuts or each.grade_sets.coverage != first.grade_sets.coverage:
            raise BundleError(
                f"members promise different things beside a grade of {name}; learn it anew on graded essays: "
                "--stack-on essays.csv"
            )
    widest = np.max([each.grade_sets.quantiles for each in every], axis=0)
    strictest = max(every, key=lambda each: each.policy.threshold).policy
    return Confidence(replace(first.grade_sets, quantiles=tuple(widest.tolist())), strictest)
