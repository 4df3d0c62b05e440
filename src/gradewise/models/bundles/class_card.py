"""The card of a model of classes: what it is for, what it learnt from, how good it is, where to take care."""

from gradewise.features.catalogue import WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.card_parts import (
    card,
    given_named,
    method,
    quality,
    rare_labels,
    some,
    training_data,
)
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.confidence import ClassConfidence

FEW = 10
"""Training texts below which a class is named among the rare ones."""


def render_class_card(metadata: BundleMetadata, schema: FeatureSchema, confidence: ClassConfidence) -> str:
    """The card of a model of classes, see `card`."""
    parts = [
        _purpose(metadata, confidence),
        training_data(metadata, items="texts", label="class"),
        quality(metadata, items="texts"),
        method(
            metadata,
            f"Learner: {metadata.framework}, over {len(schema)} numbers a text ({_read(schema)}) in language "
            f"`{schema.language}`",
        ),
        _limits(metadata, schema),
    ]
    return card(metadata, parts)


def _purpose(metadata: BundleMetadata, confidence: ClassConfidence) -> str:
    n = metadata.scale.n_grades
    return (
        f"Tells to which of {n} classes a text belongs, with a probability for each.\n\n"
        f"Texts whose class has a probability of {confidence.threshold:.2f} or more are taken for one of "
        f"them; the threshold was chosen so that {confidence.in_scope_share:.0%} of texts of these classes "
        "pass. What lies below may belong to none, and waits for a person. A set of classes goes with every "
        f"answer; {confidence.coverage:.0%} of such sets hold the right one.\n\n"
        "**Intended use:** sorting texts like those of its training. **Not intended:** deciding alone about "
        "a person."
    )


def _read(schema: FeatureSchema) -> str:
    """What the numbers of a text are, by kind."""
    kinds = {GIVEN: "given", EMBEDDING: "of a text model", WORDING: "components of its words"}
    counts = {name: sum(spec.group == group for spec in schema.specs) for group, name in kinds.items()}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _limits(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    groups = {spec.group for spec in schema.specs}
    lines = [
        "## Limits",
        "",
        "- Quality on other topics, languages or kinds of text is unknown until it is measured.",
        "- It must choose a class; only a low probability tells that none is right, and not always.",
    ]
    if WORDING in groups:
        lines.append(
            "- The bundle lists words that several training texts share (`components.json`): keep it as you "
            "keep those texts."
        )
    if GIVEN in groups:
        lines.append(
            f"- It reads numbers that must be given with each text: {given_named(schema)}. They are believed "
            "as they stand."
        )
    if EMBEDDING in groups:
        lines.append(
            "- It reads what a text model sees, which is needed and not in the bundle: see `embedder.json`."
        )
    if rare := rare_labels(metadata, fewest=FEW):
        lines.append(f"- Fewer than {FEW} training texts had: {some(rare)}. Distrust these.")
    return "\n".join(lines)
