"""What the feature cache keeps of texts that are to be forgotten, found by their digests and their models."""

from collections.abc import Callable, Collection, Iterator, Sequence

from gradewise.errors import BundleError, UnavailableError
from gradewise.essays.texts import text_sha256
from gradewise.features.embeddings import EMBEDDER, handcrafted_schema
from gradewise.features.given import without_given
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import Cache
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.workflows.measuring.embed import vector_key
from gradewise.workflows.measuring.extract import row_key
from gradewise.workflows.scoring.kept_readings import reading_key_of

NO_TASK = text_sha256("")
"""Stands for a task that was not given, where a key has a digest of every part."""


def forget_readings(
    cache: Cache,
    records: Sequence[ScoreRecord],
    find_bundle: Callable[[str], Bundle],
    *,
    prompts: Collection[str] = (),
) -> int:
    """Remove what is kept of the texts of some answers; how many entries that were.

    Found is what this version has read: complete readings, measured features and vectors of text models. What
    was shaped by numbers that came with an essay, or by a prompt's name that nobody tells here, is not found.

    Args:
        cache: the one that services share.
        records: the answers.
        find_bundle: the model with a content id; one that is nowhere, as `BundleError` or `UnavailableError`
            says, leaves its features and vectors where they are.
        prompts: what the texts' prompts may have been called.
    """
    names = ("", *map(text_sha256, prompts))
    keys = {key for record in records for key in _reading_keys(record.draft, names)}
    for digest in sorted({record.draft.model_digest for record in records}):
        try:
            bundle = find_bundle(digest)
        except (BundleError, UnavailableError):
            continue
        drafts = [record.draft for record in records if record.draft.model_digest == digest]
        keys |= {key for draft in drafts for key in _measured_keys(draft, bundle)}
    return cache.remove_many(sorted(keys))


def _reading_keys(draft: ScoreDraft, names: Collection[str]) -> Iterator[str]:
    for task in {draft.task_sha256, draft.task_sha256 or NO_TASK}:
        for name in names:
            yield reading_key_of(draft.text_sha256, task, name, shaped_by=draft.reading_fingerprint)


def _measured_keys(draft: ScoreDraft, bundle: Bundle) -> Iterator[str]:
    schema = without_given(handcrafted_schema(bundle.measured))
    yield row_key(draft.text_sha256, draft.task_sha256 or NO_TASK, schema)
    embedder = bundle.measured.versions.get(EMBEDDER)
    if embedder is not None:
        yield vector_key(draft.text_sha256, embedder)
