"""How good a grader is: agreement, probabilities, slices and intervals. Pure.

Each figure is a function of arrays, for use from Python as well: `agreement` of two raters' grades,
`continuous` of scores, `probability` and `ranking` of what a model claims, `true_scores` and `second_rater`
where several people rated, `fairness` and `group_effects` of groups of writers. `summary.evaluate` gives the
usual ones together, each with its interval.

>>> import numpy as np
>>> from gradewise.evaluation.agreement import quadratic_weighted_kappa
>>> quadratic_weighted_kappa(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]), n_grades=3)
0.8
"""
