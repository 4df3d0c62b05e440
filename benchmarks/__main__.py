"""`make bench`: every figure, as a table and as JSON."""

from benchmarks.accuracy import on_ellipse
from benchmarks.measurements import show, write
from benchmarks.speed import extraction, inference, memory, start_up, training_and_scoring


def main() -> None:
    """Measure, print, write."""
    measurements = [
        *start_up(),
        *inference(),
        *extraction(),
        *training_and_scoring(),
        *on_ellipse(),
        *memory(),
    ]
    show(measurements)
    print(f"\nwritten to {write('bench', measurements)}")


if __name__ == "__main__":
    main()
