"""One module a chart: pure functions from figures to SVG."""
