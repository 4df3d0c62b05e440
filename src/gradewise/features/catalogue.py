"""The catalogue: every feature group by name, the schemas made from it, and the extraction of a row.

Adding a feature is one function and one row in its group's module; adding a group is one row here.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError, PlanError
from gradewise.features import (
    cohesion,
    diversity,
    errors,
    length,
    lexical,
    mechanics,
    prompt,
    readability,
    structure,
    surface,
)
from gradewise.features.documents import Document
from gradewise.features.feature import Feature, FeatureGroup
from gradewise.features.schema import FeatureSchema, FeatureSpec
from gradewise.features.words import resource_versions, supported_languages

EXTRACTOR_VERSION = "1"
"""Raised by hand whenever a value of an existing feature changes; a test pins values to it."""

_ROWS = (
    FeatureGroup(name="length", features=length.FEATURES),
    FeatureGroup(name="surface", features=surface.FEATURES),
    FeatureGroup(name="mechanics", features=mechanics.FEATURES),
    FeatureGroup(name="diversity", features=diversity.FEATURES),
    FeatureGroup(name="lexical", features=lexical.FEATURES, languages=supported_languages),
    FeatureGroup(
        name="readability",
        features=readability.FEATURES,
        languages=supported_languages,
    ),
    FeatureGroup(name="structure", features=structure.FEATURES),
    FeatureGroup(name="cohesion", features=cohesion.FEATURES, languages=supported_languages),
    FeatureGroup(name="errors", features=errors.FEATURES, needs_findings=True),
    FeatureGroup(
        name="prompt",
        features=prompt.FEATURES,
        languages=supported_languages,
        needs_prompt_text=True,
    ),
)

GROUPS: Mapping[str, FeatureGroup] = MappingProxyType({group.name: group for group in _ROWS})
"""Every group by name, in matrix order."""

WORDING = "wording"
"""The group of columns that models learn from texts and grades, beside what the catalogue measures."""

AUXILIARY = "auxiliary"
"""The group of columns that models learn from further essays with other labels than the plan's."""

CATALOGUE: Mapping[str, Feature] = MappingProxyType(
    {feature.spec.name: feature for group in GROUPS.values() for feature in group.features}
)
"""Every feature by name, in matrix order."""


def build_schema(
    *,
    language: str,
    groups: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    has_findings: bool,
    has_prompt_text: bool,
    checker_fingerprint: str | None = None,
) -> FeatureSchema:
    """Decide the columns: every feature of the groups that can be had, in the order of the catalogue.

    Args:
        language: ISO 639-1 code of the essays.
        groups: Group names; every group when ``None``.
        drop: Names of single features to leave out.
        keep: Names of the only features to measure; all when empty.
        has_findings: Whether a language checker reads the essays.
        has_prompt_text: Whether every essay comes with its task.
        checker_fingerprint: Which checker and rules; needed when the schema holds what it finds.

    Returns:
        A schema whose ``absent`` names each group, or single feature, that could not be had, and why.

    Raises:
        PlanError: an unknown group or feature, a kept one of a group that is not asked for, or nothing is
            left to measure.
    """
    asked = _asked(groups)
    _refuse_unknown((*drop, *keep), CATALOGUE, "feature")
    _refuse_kept_elsewhere(keep, asked)
    left_out = {*drop, *(set(CATALOGUE).difference(keep) if keep else ())}
    absent = {
        group.name: reason
        for group in asked
        if (reason := _lack(group, language, has_findings=has_findings, has_prompt_text=has_prompt_text))
    }
    present = [group for group in asked if group.name not in absent]
    kept = [feature for group in present for feature in group.features if feature.spec.name not in left_out]
    absent |= {
        feature.spec.name: f"not defined for language {language!r}"
        for feature in kept
        if not _speaks(feature, language)
    }
    specs = tuple(feature.spec for feature in kept if _speaks(feature, language))
    if not specs:
        raise PlanError(f"no feature is left for language {language!r}; ask for more groups or drop less")
    checker = _checker(checker_fingerprint, specs)
    versions = {"extractor": EXTRACTOR_VERSION, **resource_versions(language), **checker}
    return FeatureSchema(specs, language, versions, absent)


def extract_row(document: Document, schema: FeatureSchema) -> NDArray[np.float32]:
    """Measure one document: shape ``(n_features,)``, in the order of the schema.

    Raises:
        InputError: the document is of another language, or lacks findings or a prompt that the schema needs;
            or the schema was made by another version of the extractor.
    """
    if document.language != schema.language:
        raise InputError(f"document is in {document.language!r}, the feature schema for {schema.language!r}")
    _refuse_other_version(schema)
    for name in {spec.group: None for spec in schema.specs}:
        _refuse_lack(document, GROUPS[name])
    return np.array([CATALOGUE[name].measure(document) for name in schema.names], dtype=np.float32)


def _asked(names: Sequence[str] | None) -> list[FeatureGroup]:
    if names is None:
        return list(GROUPS.values())
    _refuse_unknown(names, GROUPS, "feature group")
    return [group for group in GROUPS.values() if group.name in names]


def _refuse_unknown(names: Sequence[str], known: Mapping[str, object], kind: str) -> None:
    for name in names:
        if name not in known:
            if known is not GROUPS and name in GROUPS:
                raise PlanError(
                    f"{name!r} is a group of features, not one of them; leave it out of `features.groups` in "
                    "the plan, or see what each group adds: gradewise ablation"
                )
            near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise PlanError(f"unknown {kind} {name!r}; the nearest is {near!r}")


def _refuse_kept_elsewhere(keep: Sequence[str], asked: Sequence[FeatureGroup]) -> None:
    groups = [group.name for group in asked]
    for name in keep:
        if CATALOGUE[name].spec.group not in groups:
            raise PlanError(
                f"feature {name!r} is kept, but its group {CATALOGUE[name].spec.group!r} is not asked for; "
                f"there are {', '.join(groups) or 'no groups'}"
            )


def _lack(group: FeatureGroup, language: str, *, has_findings: bool, has_prompt_text: bool) -> str:
    if not _speaks(group, language):
        return f"no word lists for language {language!r}"
    if group.needs_findings and not has_findings:
        return "no language checker"
    if group.needs_prompt_text and not has_prompt_text:
        return "no prompt text"
    return ""


def _speaks(part: Feature | FeatureGroup, language: str) -> bool:
    return part.languages is None or language in part.languages


def _checker(fingerprint: str | None, specs: Sequence[FeatureSpec]) -> dict[str, str]:
    if not any(GROUPS[spec.group].needs_findings for spec in specs):
        return {}
    if fingerprint is None:
        raise PlanError(
            "features of language errors need the checker's fingerprint; pass checker_fingerprint"
        )
    return {"checker": fingerprint}


def _refuse_other_version(schema: FeatureSchema) -> None:
    made_by = schema.versions.get("extractor", "none")
    unknown = [name for name in schema.names if name not in CATALOGUE]
    if made_by != EXTRACTOR_VERSION or unknown:
        raise InputError(
            f"feature schema was made by extractor version {made_by}, this is {EXTRACTOR_VERSION}"
            f"{f' without feature {unknown[0]!r}' if unknown else ''}; extract again or install that version"
        )


def _refuse_lack(document: Document, group: FeatureGroup) -> None:
    if group.needs_findings and document.findings is None:
        raise InputError(f"feature group {group.name!r} needs the findings of a language checker")
    if group.needs_prompt_text and document.prompt is None:
        raise InputError(f"feature group {group.name!r} needs a prompt text with words; give the task")
