"""Comparative judgement: which of two essays is better, many times over, and what follows. Pure.

From Python: `comparisons.compare` makes arrays of decisions, `bradley_terry.fit_scores` scores of these,
`reliability` says how far to trust them, `projection.project_grades` makes grades by anchors, `pairing`
chooses what to ask next; `findings.examine_batch` is all that a page shows.
"""
