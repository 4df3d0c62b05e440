"""From essays to a feature matrix: cached, in parallel, resumable, kept for other experiments."""
