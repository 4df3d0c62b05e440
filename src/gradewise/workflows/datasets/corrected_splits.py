"""Splits of essays among which are corrected ones, around a locked test set that holds none of them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from gradewise.essays.leaks import audit_split
from gradewise.essays.origins import Origin, SourceFile
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.split_plan import Fold, SplitPlan, labels_digest, plan_id, texts_digest
from gradewise.essays.split_table import kin_of
from gradewise.essays.splits import make_split_plan
from gradewise.workflows.datasets.corrected import Corrected, CorrectionsUse

ROLE = "corrections"
"""Of the snapshot among the files of an `Origin`."""


def origin_with(origin: Origin, use: CorrectionsUse) -> Origin:
    """Where essays came from, the snapshot among it."""
    return replace(
        origin,
        sources=(*origin.sources, SourceFile(ROLE, use.name, use.sha256)),
        sha256=hashlib.sha256(f"{origin.sha256} {use.sha256}".encode()).hexdigest(),
    )


def taught_by_corrections(origin: Origin | None) -> bool:
    """Whether saved splits were made with corrections among the essays."""
    return origin is not None and any(source.role == ROLE for source in origin.sources)


def split_with(
    drawn: SplitPlan, corrected: Corrected, *, origin: Origin, scale: Scale, inner_folds: int
) -> SplitPlan:
    """A split of all essays around the locked test set that was drawn without corrections.

    Args:
        drawn: of the plan's own essays.
        corrected: all essays.
        origin: where all of them came from.
        scale: checks the grades.
        inner_folds: folds within each fold's training part.

    Raises:
        SplitError, LeakError: the essays cannot be divided so.
    """
    only_teach = set(corrected.only_teach)
    dealt = make_split_plan(
        [essay for essay in corrected.essays if essay.id not in only_teach],
        scale=scale,
        scheme=drawn.scheme,
        n_folds=drawn.n_folds,
        inner_folds=inner_folds,
        test_ids=drawn.test_ids,
        seed=drawn.seed,
        data_sha256=origin.sha256,
        created_at=drawn.created_at,
        git_sha=drawn.git_sha,
    )
    shared = _ties(corrected.essays, by_prompt=drawn.scheme == "prompt_holdout")
    folds = tuple(_taught_too(fold, corrected.only_teach, shared) for fold in dealt.folds)
    train = {essay_id for fold in folds for essay_id in (*fold.train_ids, *fold.validate_ids)}
    whole = replace(
        dealt,
        folds=folds,
        label_counts=_label_counts((essay for essay in corrected.essays if essay.id in train), scale),
        labels_sha256=labels_digest(corrected.essays),
        texts_sha256=texts_digest(corrected.essays),
    )
    whole = replace(whole, id=plan_id(whole))
    audit_split(whole, corrected.essays)
    return whole


def _ties(essays: Iterable[Essay], *, by_prompt: bool) -> Mapping[str, frozenset[str]]:
    """By id, what an essay must not share with what a fold holds out: its text, and perhaps its prompt."""
    essays = tuple(essays)
    kin = kin_of(essays)
    return {
        essay.id: frozenset({kin[essay.id]} | ({f"prompt {essay.prompt or ''}"} if by_prompt else set()))
        for essay in essays
    }


def _taught_too(fold: Fold, ids: Iterable[str], ties: Mapping[str, frozenset[str]]) -> Fold:
    """A fold whose training part holds more, as do those of the folds within it.

    Nothing is taught that shares a tie with what the fold holds out.
    """
    held = frozenset[str]().union(*(ties[essay_id] for essay_id in fold.validate_ids))
    added = tuple(essay_id for essay_id in ids if ties[essay_id].isdisjoint(held))
    return Fold(
        tuple(sorted((*fold.train_ids, *added))),
        fold.validate_ids,
        tuple(_taught_too(inner, added, ties) for inner in fold.inner),
    )


def _label_counts(essays: Iterable[Essay], scale: Scale) -> Mapping[str, int]:
    counts = Counter(essay.label for essay in essays)
    return {grade: counts[grade] for grade in scale.grades}
