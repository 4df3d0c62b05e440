"""The research bench: experiments on the same folds, compared."""
