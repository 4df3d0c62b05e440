"""A cross-validation of classes, fold by fold."""

from collections.abc import Mapping, Sequence

from gradewise.evaluation.fold_figures import FoldFigures, fold_to_json, over_folds, spreads_to_json
from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.folds import folds_chart
from gradewise.reporting.class_wording import CLASS_GLOSSARY, precisely
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.topics.gains import spread_words
from gradewise.reporting.wording import counted, decimal


def class_folds_section(folds: Sequence[FoldFigures], pooled: Mapping[str, Interval]) -> Section:
    """Every fold, their mean, and what all held-out texts together say.

    Args:
        folds: in order.
        pooled: figures over the texts of all folds, by metric.
    """
    spreads = over_folds(folds)
    return Section(
        name="folds",
        heading="Fold by fold",
        intro=f"Macro F1 is {spread_words(spreads['val_macro_f1'])} over {counted(len(folds), 'fold')}, and "
        f"{precisely(pooled['macro_f1'], percent=False)} over their texts together. Folds share most of "
        "their training texts, so that their spread describes this division only; how sure the figure is, "
        "the interval over texts says.",
        figures=(
            Figure(
                "Macro F1 in each fold",
                folds_chart(folds, pooled["macro_f1"], metric="macro_f1", words="Macro F1", item="text"),
                "A row is a fold: what its model reaches on texts that it had not seen.",
                _folds_table(folds),
            ),
        ),
        record={"folds": [fold_to_json(fold) for fold in folds], "summary": spreads_to_json(spreads)},
    )


def _folds_table(folds: Sequence[FoldFigures]) -> Table:
    names, spreads = list(folds[0].validate), over_folds(folds)
    rows = [
        (
            str(fold.fold),
            f"{fold.n_train:,}",
            f"{fold.n_validate:,}",
            *(decimal(fold.validate[name], digits=3) for name in names),
        )
        for fold in folds
    ]
    average = [spread_words(spreads[f"val_{name}"]) for name in names]
    return table(
        ("Fold", "Learnt from", "Not seen", *(CLASS_GLOSSARY[name].label for name in names)),
        [*rows, ("mean ± SD", "", "", *average)],
    )
