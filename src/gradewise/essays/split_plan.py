"""What a split plan says: which essays train, validate and test."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from gradewise.essays.records import Essay
from gradewise.essays.texts import text_hash

Scheme = Literal["stratified_text", "prompt_holdout", "temporal"]
SCHEMES: tuple[str, ...] = get_args(Scheme)
"""Ways to split.

``stratified_text``: grades in proportion everywhere. ``prompt_holdout``: no prompt in two parts.
``temporal``: each fold trains on what was written before what it validates on; the test set is latest.
In all of them, copies of a normalised text are never in two parts.
"""

RARE_RULE = (
    "A grade with fewer different texts than there are parts (the folds, and the test set when it is drawn "
    "here) cannot be in every part. Under stratified_text its essays are never drawn into the test set, so "
    "that they all serve training, and they are dealt to the folds one by one; under prompt_holdout and "
    "temporal they go where their prompt or time puts them."
)
"""What happens to grades too rare to stratify."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One way to hold essays back from training."""

    train_ids: tuple[str, ...]
    """Essays to learn from, sorted."""
    validate_ids: tuple[str, ...]
    """Essays to judge by, sorted; none of them, and no copy of their text, is in training."""
    inner: tuple["Fold", ...] = ()
    """Folds within the training essays, for choices that must not see ``validate_ids``."""


@dataclass(frozen=True, slots=True)
class RareLabel:
    """A grade to which `RARE_RULE` applies."""

    label: str
    """The grade."""
    n_texts: int
    """Different texts that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """Which essays train, validate and test."""

    id: str
    """First 12 hex digits of the SHA-256 of everything below but ``created_at`` and ``git_sha``."""
    scheme: Scheme
    """How it was split; see `SCHEMES`."""
    seed: int
    """Of every draw."""
    n_folds: int
    """How many folds."""
    test_ids: tuple[str, ...]
    """The locked test set, sorted; may be empty."""
    folds: tuple[Fold, ...]
    """The rest. Their ``validate_ids`` partition it, but for ``temporal``, where the earliest only train."""
    rare: tuple[RareLabel, ...]
    """Grades too rare to be in every part."""
    left_out_ids: tuple[str, ...]
    """Essays in no part: later copies of an earlier text, in ``temporal`` only."""
    label_counts: Mapping[str, int]
    """Essays outside the test set, by grade."""
    data_sha256: str
    """Digest of the file that the essays came from."""
    labels_sha256: str
    """Digest of every essay's id and grade."""
    texts_sha256: str
    """Digest of every essay's id and normalised text."""
    created_at: str = ""
    """When it was made, in ISO 8601, as the maker says."""
    git_sha: str = ""
    """Version of the code that made it, as the maker says."""

    @property
    def train_ids(self) -> tuple[str, ...]:
        """Every essay outside the test set: what the final model learns from, sorted."""
        ids = {essay_id for fold in self.folds for essay_id in (*fold.train_ids, *fold.validate_ids)}
        return tuple(sorted(ids))


def plan_id(plan: SplitPlan) -> str:
    """What identifies a plan: equal for equal splits of equal data, whenever and by whomever made."""
    content = asdict(plan)
    for circumstance in ("id", "created_at", "git_sha"):
        del content[circumstance]
    return _digest(content)[:12]


def labels_digest(essays: Iterable[Essay]) -> str:
    """SHA-256 over ids with grades, in whatever order: 64 hex digits."""
    return _digest(sorted((essay.id, essay.label or "") for essay in essays))


def texts_digest(essays: Iterable[Essay]) -> str:
    """SHA-256 over ids with normalised texts, in whatever order: 64 hex digits."""
    return hashes_digest((essay.id, text_hash(essay.text)) for essay in essays)


def hashes_digest(hashes: Iterable[tuple[str, str]]) -> str:
    """As `texts_digest`, from ids with text hashes."""
    return _digest(sorted(hashes))


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
