"""From a feature matrix to a bundle and a report: learnt within folds, judged, published."""
