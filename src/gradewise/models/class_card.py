"""The card of a model of classes: what it is for, what it learnt from, how good it is, where to be careful."""

from gradewise.features.catalogue import WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN, given_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundle_files import BundleMetadata
from gradewise.models.confidence import ClassConfidence
from gradewise.models.model_card import cell, quality

FEW = 10
"""Training texts below which a class is named among the rare ones."""
_NAMED = 10


def render_class_card(metadata: BundleMetadata, schema: FeatureSchema, confidence: ClassConfidence) -> str:
    """A plain page in Markdown, made from what the bundle states and nothing else.

    Source: Mitchell et al. (2019), Model Cards for Model Reporting, doi:10.1145/3287560.3287596.
    """
    parts = [
        f"# {metadata.name} {metadata.version}",
        _purpose(metadata, confidence),
        _training_data(metadata),
        quality(metadata, what="texts"),
        _method(metadata, schema),
        _limits(metadata, schema),
    ]
    return "\n\n".join(parts) + "\n"


def _purpose(metadata: BundleMetadata, confidence: ClassConfidence) -> str:
    n = metadata.scale.n_grades
    return (
        f"Tells to which of {n} classes a text belongs, with a probability for each.\n\n"
        f"Texts whose class has a probability of {confidence.threshold:.2f} or more are taken for one of them; "
        f"the threshold was chosen so that {confidence.in_scope_share:.0%} of texts of these classes pass. What "
        "lies below may belong to none, and waits for a person. A set of classes goes with every answer; "
        f"{confidence.coverage:.0%} of such sets hold the right one.\n\n"
        "**Intended use:** sorting texts like those of its training. **Not intended:** deciding alone about a "
        "person."
    )


def _training_data(metadata: BundleMetadata) -> str:
    data = metadata.data
    rows = [f"| {cell(name)} | {data.label_counts.get(name, 0)} |" for name in metadata.scale.grades]
    origin = (
        f"{data.n} texts from {data.source} (licence: {data.licence}; SHA-256 `{data.sha256}`), split plan "
        f"`{metadata.split_plan}`."
    )
    return "\n".join(["## Training data", "", origin, "", "| class | texts |", "|---|---:|", *rows])


def _method(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(metadata.versions.items()))
    return (
        f"## Method\n\nLearner: {metadata.framework}, over {len(schema)} numbers a text ({_read(schema)}) in "
        f"language `{schema.language}`; decision: {metadata.decision}; calibration: {metadata.calibration}. "
        f"Versions: {versions}. Code: {metadata.git_sha or 'not recorded'}. "
        f"Feature schema: `{metadata.feature_fingerprint}`."
    )


def _read(schema: FeatureSchema) -> str:
    """What the numbers of a text are, by kind."""
    kinds = {GIVEN: "given", EMBEDDING: "of a text model", WORDING: "components of its words"}
    counts = {name: sum(spec.group == group for spec in schema.specs) for group, name in kinds.items()}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _limits(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    counts, groups = metadata.data.label_counts, {spec.group for spec in schema.specs}
    rare = [name for name in metadata.scale.grades if counts.get(name, 0) < FEW]
    lines = [
        "## Limits",
        "",
        "- Quality on other topics, languages or kinds of text than those above is unknown until it is "
        "measured.",
        "- It must choose one of its classes; only a low probability tells that a text belongs to none, and not "
        "every such text has one.",
    ]
    if WORDING in groups:
        lines.append(
            "- The bundle lists words and pairs of words that several training texts share (`components.json`): "
            "keep it as you keep those texts."
        )
    if GIVEN in groups:
        given = given_columns(schema)
        more = f" and {len(given) - _NAMED} more" if len(given) > _NAMED else ""
        lines.append(
            f"- It reads numbers that must be given with each text: {', '.join(given[:_NAMED])}{more}. They are "
            "believed as they stand."
        )
    if EMBEDDING in groups:
        lines.append(
            "- It reads what a text model sees, which is needed and not in the bundle: see `embedder.json`."
        )
    if rare:
        more = f" and {len(rare) - _NAMED} more" if len(rare) > _NAMED else ""
        lines.append(
            f"- Fewer than {FEW} training texts had: {', '.join(rare[:_NAMED])}{more}. Distrust these."
        )
    return "\n".join(lines)
