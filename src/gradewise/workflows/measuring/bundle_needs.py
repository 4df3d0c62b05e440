"""What a bundle needs before it reads an essay: the tools it was trained with, and the essays' task."""

from collections.abc import Sequence
from dataclasses import replace

from gradewise.errors import BundleError, InputError
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.features.catalogue import AUXILIARY, EXTRACTOR_VERSION, GROUPS
from gradewise.features.embeddings import EMBEDDER
from gradewise.features.schema import FeatureSchema
from gradewise.features.words import resource_versions
from gradewise.models.auxiliary import AUXILIARY_VERSION
from gradewise.models.bundles.verified import Bundle
from gradewise.models.learnt_columns import TEXT_LEARNERS
from gradewise.models.text.components import COMPONENTS, COMPONENTS_VERSION
from gradewise.models.text.learners import LEARNERS_VERSION
from gradewise.protocols.measuring import LanguageChecker
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.measuring.extract import needs_findings
from gradewise.workflows.services import MakeChecker, Services

TASK_OF_TRAINING = (
    "the task{some} is not given: it is taken to be the one that all essays of the training answer; another "
    "goes into a column prompt_text, or behind --prompt-text"
)


def bundle_checker(bundle: Bundle, services: Services) -> MakeChecker | None:
    """The checker that a bundle's features need, of the same version.

    Raises:
        BundleError: this installation measures differently than the one that trained.
    """
    if not needs_findings(bundle.measured):
        require_same_tools(bundle, None)
        return None
    make_checker = services.find_checker("harper", bundle.schema.language)
    require_same_tools(bundle, make_checker() if make_checker else None)
    return make_checker


def measures_relevance(bundle: Bundle) -> bool:
    """Whether the model compares an essay with its task, and so needs the task's text."""
    return compares_with_task(bundle.schema)


def compares_with_task(schema: FeatureSchema) -> bool:
    """Whether a feature compares an essay with its task."""
    groups = {spec.group for spec in schema.specs}
    return any(group.needs_prompt_text for name, group in GROUPS.items() if name in groups)


def with_task_of_training(bundle: Bundle, essays: Sequence[Essay], listener: Listener) -> tuple[Essay, ...]:
    """Essays without their task get the only one that the model learnt from, which is said.

    Where it learnt from several, or compares essays with none, they stay as they are.
    """
    task = bundle.metadata.data.task
    n_lacking = sum(_lacks_task(essay) for essay in essays)
    if task is None or not n_lacking or not measures_relevance(bundle):
        return tuple(essays)
    some = "" if n_lacking == len(essays) else f" of {n_lacking} of {len(essays)} essays"
    listener(Notice(TASK_OF_TRAINING.format(some=some)))
    return tuple(replace(essay, prompt_text=task) if _lacks_task(essay) else essay for essay in essays)


def require_tasks(bundle: Bundle, essays: Sequence[Essay]) -> None:
    """Refuse essays without their task where the model compares the two.

    Raises:
        InputError: the message names the first such essay.
    """
    if not measures_relevance(bundle):
        return
    lacking = next(filter(_lacks_task, essays), None)
    if lacking is not None:
        column = bundle.metadata.data.columns.prompt_text or "prompt_text"
        raise InputError(
            f"essay {lacking.id!r}: model {bundle.metadata.name} {bundle.metadata.version} compares essays "
            "with their task, which is missing; give it with --prompt-text 'the task', or for a file in a "
            f"column {quotable(column)}"
        )


def _lacks_task(essay: Essay) -> bool:
    return not (essay.prompt_text or "").strip()


def require_same_tools(bundle: Bundle, checker: LanguageChecker | None) -> None:
    """Refuse to measure handcrafted features otherwise than when the model was trained.

    Raises:
        BundleError: a word list, the extractor or the checker has another version; the message names it.
    """
    schema = bundle.schema
    here = {
        "extractor": EXTRACTOR_VERSION,
        **resource_versions(schema.language),
        TEXT_LEARNERS: LEARNERS_VERSION,
        AUXILIARY: AUXILIARY_VERSION,
    }
    if bundle.components is not None:
        here[COMPONENTS] = f"{COMPONENTS_VERSION} {bundle.components.kind}"
    if checker is not None and needs_findings(bundle.measured):
        here["checker"] = checker.fingerprint
    for tool, needed in schema.versions.items():
        if tool != EMBEDDER and here.get(tool) != needed:
            raise BundleError(
                f"model {bundle.metadata.name} {bundle.metadata.version} was trained with {tool} {needed}, "
                f"here is {here.get(tool, 'none')}; install that version, or train again"
            )
