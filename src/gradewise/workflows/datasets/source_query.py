"""What a plan's `source` asks of its database."""

from datetime import UTC, datetime, time, timedelta

from gradewise.errors import PlanError
from gradewise.essays.source_queries import (
    ColumnRef,
    Comparisons,
    EssayQuery,
    FeatureColumns,
    Join,
    LabelOrigin,
    RowFilters,
    column_ref,
)
from gradewise.workflows.plans.source import (
    SourceFiltersPlan,
    SourceJoinPlan,
    SourceJudgementPlan,
    SourcePlan,
)
from gradewise.workflows.plans.source_presets import MAIN, effective_source


def essay_query(plan: SourcePlan, *, now: datetime) -> EssayQuery:
    """What a plan asks of its database.

    Args:
        plan: as written.
        now: from when on `since_days` counts back.

    Raises:
        PlanError: it says too little.
    """
    full, main = effective_source(plan), MAIN[plan.preset]
    columns, judgement = full.columns, full.judgement
    return EssayQuery(
        label_origin=_said_origin(plan, full),
        main=main,
        tables=dict(plan.tables),
        joins=tuple(_join(join, main) for join in full.joins),
        id=_needed("id", columns.id, main),
        text=_needed("text", columns.text, main),
        label=_needed("label", columns.label, main),
        second_label=_ref(columns.second_label, main),
        prompt=_ref(columns.prompt, main),
        prompt_text=_ref(columns.prompt_text, main),
        written_at=_ref(columns.written_at, main),
        batch=_ref(columns.batch, main),
        groups=tuple(column_ref(name, main) for name in columns.groups or ()),
        score=_ref(judgement.score, main),
        se=_ref(judgement.se, main),
        comparisons=_comparisons(judgement),
        features=_features(plan, full, main),
        filters=_filters(full.filters, main, now),
    )


def _said_origin(plan: SourcePlan, full: SourcePlan) -> LabelOrigin:
    if full.label_origin is None:
        raise PlanError(
            f"`source.columns.label` is {plan.columns.label!r}, and not who gave it; add "
            "`source.label_origin: teacher` or `judgement` (--label-origin)"
        )
    return full.label_origin


def _ref(text: str | None, main: str) -> ColumnRef | None:
    return column_ref(text, main) if text else None


def _needed(name: str, text: str | None, main: str) -> ColumnRef:
    found = _ref(text, main)
    if found is None:
        raise PlanError(f"`source.columns.{name}` is empty; name the column that holds it")
    return found


def _join(join: SourceJoinPlan, main: str) -> Join:
    return Join(join.table, tuple((own, column_ref(other, main)) for own, other in join.on.items()))


def _comparisons(plan: SourceJudgementPlan) -> Comparisons | None:
    if not plan.comparisons:
        return None
    if not (plan.first and plan.second and plan.winner and plan.winner_is):
        raise PlanError(
            f"`source.judgement.comparisons` is {plan.comparisons!r}; add `first`, `second`, `winner` and "
            "`winner_is` (id or side)"
        )
    return Comparisons(
        table=plan.comparisons,
        first=plan.first,
        second=plan.second,
        winner=plan.winner,
        winner_is=plan.winner_is,
    )


def _features(plan: SourcePlan, full: SourcePlan, main: str) -> FeatureColumns:
    features = full.features
    return FeatureColumns(
        vector=_ref(features.vector, main),
        names=features.names or (),
        columns=tuple(column_ref(name, main) for name in features.columns or ()),
        judgement=tuple(dict.fromkeys(features.judgement or ())),
        optional=plan.features.vector is None,
    )


def _filters(filters: SourceFiltersPlan, main: str, now: datetime) -> RowFilters:
    since = filters.since
    if filters.since_days is not None:
        since = now - timedelta(days=filters.since_days)
    elif since is not None and not isinstance(since, datetime):
        since = datetime.combine(since, time())
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return RowFilters(
        since=since,
        since_column=_ref(filters.since_column, main),
        statuses=filters.status or (),
        status_column=_ref(filters.status_column, main),
        min_comparisons=filters.min_comparisons,
        equals=tuple((column_ref(name, main), value) for name, value in filters.equals.items()),
    )
