"""`make bench`: every figure, as a table and as JSON."""


def main() -> None:
    """Measure, print, write."""
    # Imported here: worker processes start by importing this module, and a user's command is as light.
    from benchmarks.accuracy.quick import on_ellipse  # noqa: PLC0415
    from benchmarks.measurements import show, write  # noqa: PLC0415
    from benchmarks.speed import extraction, inference, memory, start_up, training_and_scoring  # noqa: PLC0415

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
