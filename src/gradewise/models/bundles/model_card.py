"""The model card: what a model is for, what it learnt from, how good it is, and where to be careful."""

from collections.abc import Iterator

from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.card_parts import card, given_named, method, quality, rare_labels, training_data
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.text.terms import FEWEST_ESSAYS

_FEW = 20
"""Training essays below which a grade is named among the rare ones."""


def render_model_card(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    """The card of a model of grades, see `card`."""
    parts = [
        _purpose(metadata),
        training_data(metadata, items="essays", label="grade", more=_corrected(metadata)),
        quality(metadata, items="essays"),
        method(
            metadata,
            f"{_learners(metadata)} over {len(schema)} features of texts in language `{schema.language}`; "
            f"probabilities: {metadata.hyperparameters.get('probabilities', 'residuals')}",
        ),
        _limits(metadata, schema),
    ]
    return card(metadata, parts)


def _purpose(metadata: BundleMetadata) -> str:
    grades = ", ".join(metadata.scale.grades)
    return (
        f"Suggests a grade on the scale *{metadata.scale.name}* ({grades}) for an essay, with a probability "
        "for each grade.\n\n"
        "**Intended use:** a second opinion beside a teacher, and finding essays that deserve another look. "
        "**Not intended:** deciding alone about a person."
    )


def _corrected(metadata: BundleMetadata) -> str:
    """How many grades are teachers' decisions; nothing where none is."""
    data = metadata.data
    if not data.n_corrected:
        return ""
    return (
        f" The grades of {data.n_corrected} of them are teachers' decisions about grades that a model "
        f"had given (snapshot SHA-256 `{data.corrections_sha256}`); the locked test set holds none of "
        "them."
    )


def _learners(metadata: BundleMetadata) -> str:
    """What makes the score, in words."""
    members = f", the mean of {len(metadata.engines)}" if len(metadata.engines) > 1 else ""
    share = metadata.hyperparameters.get("linear_share") or 0
    line = f", mixed with a ridge regression ({share:.0%} of the score)" if share else ""
    return f"Boosted trees ({metadata.framework}{members}){line}"


def _limits(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    lines = [
        "## Limits",
        "",
        "- Quality on other tasks, ages or kinds of text than those above is unknown until it is measured.",
        "- The model sees measures of language and form; it does not check facts or judge ideas.",
        *_sources(metadata, schema),
    ]
    if rare := rare_labels(metadata, fewest=_FEW):
        lines.append(f"- Fewer than {_FEW} training essays had: {', '.join(rare)}. Distrust these grades.")
    lines += [f"- Not measured: {group} ({reason})." for group, reason in sorted(schema.absent.items())]
    return "\n".join(lines)


def _sources(metadata: BundleMetadata, schema: FeatureSchema) -> Iterator[str]:
    """What there is to know of each kind of column that a score comes from."""
    groups = {spec.group for spec in schema.specs}
    if WORDING in groups:
        yield (
            "- Part of a score comes from wording that went with better or worse grades in training; it says "
            f"less on new tasks. The bundle lists terms that at least {FEWEST_ESSAYS} training essays share."
        )
    if AUXILIARY in groups:
        named = ", ".join(each.name for each in metadata.auxiliaries)
        yield (
            f"- Part of a score comes from models of other essays: {named}. They tell what those were marked "
            "for."
        )
    if GIVEN in groups:
        yield (
            f"- Part of a score comes from numbers that must be given with each essay: "
            f"{given_named(schema)}. They are believed as they stand."
        )
    if EMBEDDING in groups:
        yield (
            "- Part of a score comes from a text model, which is needed to grade and not in the bundle: see "
            "`embedder.json`. What it sees in a text cannot be named."
        )
