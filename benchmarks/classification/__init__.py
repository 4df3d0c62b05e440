"""The classification bench: accuracy, speed and refusals on public intent data."""
