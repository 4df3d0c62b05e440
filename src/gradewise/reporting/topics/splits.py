"""Topics on splits: who is in which fold, and whether grades are spread evenly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.essays.records import Essay
from gradewise.essays.split_plan import RARE_RULE, SplitPlan
from gradewise.essays.split_set import SplitSet, held_out_groups
from gradewise.reporting.charts.shares import GradedPart, grade_shares_chart
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.wording import counted, enumerated

MEANINGS = {
    "stratified_text": "Grades are in proportion everywhere; copies of a text stay together.",
    "prompt_holdout": "No prompt is on both sides of a fold: each is judged by a model that has not met it.",
    "temporal": "Each fold learns from what was written before what it is judged on.",
}
"""What a scheme is for."""
_GROUPS = {"stratified_text": "texts", "prompt_holdout": "prompts", "temporal": "from and to"}


def split_sections(splits: SplitSet, essays: Sequence[Essay], grades: Sequence[str]) -> tuple[Section, ...]:
    """A section for each scheme."""
    by_id = {essay.id: essay for essay in essays}
    return tuple(_scheme_section(plan, essays, by_id, grades) for plan in splits.plans)


def split_statements(splits: SplitSet, omitted: Mapping[str, str]) -> tuple[Statement, ...]:
    """What the splits amount to, and which schemes these essays do not allow."""
    first = splits.plans[0]
    statements = [
        Statement(
            "good",
            f"{counted(len(first.train_ids) + len(first.left_out_ids), 'essay')} to learn from in "
            f"{first.n_folds} folds, {counted(len(first.test_ids), 'essay')} locked away as test set, the "
            f"same under {enumerated(splits.schemes)}. Nothing leaks: texts, ids, prompts and "
            "times were checked.",
        )
    ]
    statements += [Statement("info", f"No {scheme}: {why}.") for scheme, why in omitted.items()]
    for plan in splits.plans:
        if plan.rare:
            named = enumerated([f"{rare.label} ({counted(rare.n_texts, 'text')})" for rare in plan.rare])
            statements.append(Statement("warn", f"{plan.scheme}: too few for every part have {named}."))
    return tuple(statements)


def _scheme_section(
    plan: SplitPlan, essays: Sequence[Essay], by_id: Mapping[str, Essay], grades: Sequence[str]
) -> Section:
    parts = [_part("all folds", plan.train_ids, by_id, grades)]
    parts += [_part(f"fold {n}", fold.validate_ids, by_id, grades) for n, fold in enumerate(plan.folds)]
    parts.append(_part("locked test", plan.test_ids, by_id, grades))
    groups = held_out_groups(plan, essays)
    return Section(
        name=plan.scheme,
        heading=f"Folds by {plan.scheme}",
        intro=f"{MEANINGS[plan.scheme]} Plan {plan.id}, seed {plan.seed}.",
        figures=(
            Figure(
                "Grades in each fold",
                grade_shares_chart(f"Shares of grades by fold, {plan.scheme}", grades, parts),
                "Each row is what one fold holds out, divided by grade from the lowest on the left; the "
                "darker, the higher. Rows alike mean grades spread evenly. A grade of few essays is a sliver "
                "without a name.",
                table(
                    ("Part", "learn from", "held out", _GROUPS[plan.scheme], *grades),
                    _fold_rows(plan, parts, groups),
                ),
            ),
            *_prompt_figure(plan, groups),
            *_rare_figure(plan),
        ),
        record=_record(plan, parts, groups),
    )


def _part(name: str, ids: Sequence[str], by_id: Mapping[str, Essay], grades: Sequence[str]) -> GradedPart:
    counts = Counter(by_id[essay_id].label for essay_id in ids)
    return GradedPart(name, tuple(counts[grade] for grade in grades))


def _fold_rows(
    plan: SplitPlan, parts: Sequence[GradedPart], groups: Sequence[Sequence[str]]
) -> list[tuple[str, ...]]:
    everything, *folds, test = parts
    rows = [
        (
            part.name,
            f"{len(fold.train_ids):,}",
            f"{part.n:,}",
            " – ".join(each[:10] for each in held) if plan.scheme == "temporal" else f"{len(held):,}",
            *(f"{count:,}" for count in part.counts),
        )
        for part, fold, held in zip(folds, plan.folds, groups, strict=True)
    ]
    for part in (everything, test):
        learns = f"{part.n:,}" if part is everything else ""
        held = f"{part.n:,}" if part is test else ""
        rows.append((part.name, learns, held, "", *(f"{count:,}" for count in part.counts)))
    return rows


def _prompt_figure(plan: SplitPlan, groups: Sequence[Sequence[str]]) -> tuple[Figure, ...]:
    if plan.scheme != "prompt_holdout":
        return ()
    rows = ((f"fold {number}", enumerated(list(held), most=12)) for number, held in enumerate(groups))
    return (
        Figure.in_numbers(
            "Prompts that each fold holds out",
            "Where two prompts share a text they are held out together.",
            table(("Part", "Prompts"), rows, prose=True),
        ),
    )


def _rare_figure(plan: SplitPlan) -> tuple[Figure, ...]:
    if not plan.rare:
        return ()
    return (
        Figure.in_numbers(
            "Rare grades",
            RARE_RULE,
            table(("Grade", "different texts"), ((rare.label, f"{rare.n_texts:,}") for rare in plan.rare)),
        ),
    )


def _record(plan: SplitPlan, parts: Sequence[GradedPart], groups: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "id": plan.id,
        "n_splits": plan.n_folds,
        "seed": plan.seed,
        "grades": {part.name: list(part.counts) for part in parts},
        "groups": [len(held) for held in groups],
        "rare_labels": {rare.label: rare.n_texts for rare in plan.rare},
        "left_out": len(plan.left_out_ids),
    }
