"""`make bench-accuracy`: accuracy on public corpora, as Markdown and as JSON, with the plans that made it."""

import sys


def main() -> None:
    """Measure what was named (ellipse, traits, asap, across), or everything; print, write."""
    # Imported here: worker processes start by importing this module.
    from benchmarks.accuracy.asap import across_prompts, per_prompt  # noqa: PLC0415
    from benchmarks.accuracy.ellipse import compare  # noqa: PLC0415
    from benchmarks.accuracy.tables import markdown, write_tables  # noqa: PLC0415
    from benchmarks.accuracy.traits import six_traits  # noqa: PLC0415
    from benchmarks.measurements import OUTPUT  # noqa: PLC0415
    from gradewise.bootstrap import services_from  # noqa: PLC0415
    from gradewise.settings import Settings  # noqa: PLC0415

    asked = sys.argv[1:] or ["ellipse", "traits", "across", "asap"]
    plans, cache = OUTPUT / "plans", OUTPUT / "cache"
    plans.mkdir(parents=True, exist_ok=True)
    with services_from(Settings(cache_directory=cache, workers=2)) as services:
        parts = {
            "ellipse": lambda: compare(services, plans),
            "traits": lambda: six_traits("default", services, plans),
            "across": lambda: [across_prompts("default", services, plans / "across")],
            "asap": lambda: [per_prompt("accurate", cache, plans / "asap")],
        }
        for part in asked:
            tables = parts[part]()
            for table in tables:
                print(markdown(table), flush=True)
            print(f"written to {write_tables(f'accuracy-{part}', tables)}\n", flush=True)


if __name__ == "__main__":
    main()
