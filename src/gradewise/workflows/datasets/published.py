"""What is known of published datasets, filled in where a plan leaves it open."""

from collections.abc import Mapping

from gradewise.errors import InputError
from gradewise.essays.cards import describe_card
from gradewise.essays.known_datasets import KnownDataset, find_dataset, recognise
from gradewise.essays.prepared import ALWAYS, ROLES
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.plans.data import CardPlan, FiltersPlan
from gradewise.workflows.plans.plan import Plan


def as_published(plan: Plan, source: EssaySource, listener: Listener, *, graded: bool) -> Plan:
    """The plan with columns, scale, filters and card of the published dataset that a file is.

    A dataset that the plan names brings all of it; one that its columns betray brings columns, scale and
    card, but no filters. What the plan says itself stays.

    Args:
        plan: what is known already.
        source: the file.
        listener: hears which dataset it is.
        graded: whether a column of grades must be there.

    Raises:
        InputError: the file has not the columns of the dataset that the plan names.
    """
    named = find_dataset(plan.data.kind)
    known = named or recognise(source.columns())
    if known is None:
        return _without_open_filters(plan)
    own = {name: column for name, column in plan.data.columns if column}
    layout = _layout(known, own, source, graded=graded) if named else known.columns
    listener(Notice(f"a published dataset: {describe_card(known.card)}"))
    label = own.get("label", layout.get("label"))
    groups = tuple(group for group in known.groups if group in source.columns())
    rater = known.raters.get(label or "")
    second = {"second_label": rater.second_label} if rater else {}
    columns = plan.data.columns.model_copy(update={**layout, **second, "groups": groups, **own})
    card = plan.data.card or CardPlan(**{name: getattr(known.card, name) for name in CardPlan.model_fields})
    filters = _filters(known, plan.data.filters) if named else plan.data.filters
    data = plan.data.model_copy(update={"columns": columns, "card": card, "filters": filters})
    scale = plan.scale
    if scale is None:
        scale = dict(rater.scale) if rater else known.scale if label == layout.get("label") else None
    return _without_open_filters(plan.model_copy(update={"data": data, "scale": scale}))


def expected_absences(plan: Plan) -> frozenset[str]:
    """Prompts of which nobody need hear that no essay has them: what was prepared has lost them already."""
    known = find_dataset(plan.data.kind)
    return frozenset(known.excluded_prompts) if known is not None else frozenset()


def _layout(
    known: KnownDataset, own: Mapping[str, str], source: EssaySource, *, graded: bool
) -> Mapping[str, str]:
    """Which column holds what: as the makers publish it, or as `prepare-dataset` writes it."""
    present = source.columns()
    wanted = {role: name for role, name in known.columns.items() if graded or role != "label"}
    missing = [name for role, name in wanted.items() if role not in own and name not in present]
    if not missing:
        return known.columns
    if all(role in present for role in ALWAYS if graded or role != "label"):
        return {role: role for role in ROLES if role in present}
    raise InputError(
        f"{source.location} is not {known.card.name} (data.kind: {known.kind}): it has no column "
        f"{', '.join(repr(name) for name in missing)} among {', '.join(quotable(name) for name in present)}; "
        "name its file, or the columns of this one, or leave --dataset-kind out"
    )


def _filters(known: KnownDataset, filters: FiltersPlan) -> FiltersPlan:
    excluded = tuple(prompt for prompt in known.excluded_prompts if prompt not in filters.only_prompts)
    return FiltersPlan(
        min_words=known.min_words if filters.min_words is None else filters.min_words,
        max_words=known.max_words if filters.max_words is None else filters.max_words,
        exclude_prompts=excluded if filters.exclude_prompts is None else filters.exclude_prompts,
        only_prompts=filters.only_prompts,
    )


def _without_open_filters(plan: Plan) -> Plan:
    """The plan with prompts left out, if only none, said."""
    filters = plan.data.filters
    if filters.exclude_prompts is not None:
        return plan
    closed = filters.model_copy(update={"exclude_prompts": ()})
    return plan.model_copy(update={"data": plan.data.model_copy(update={"filters": closed})})
