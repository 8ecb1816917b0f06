"""`python -m helpers.data list` and `python -m helpers.data fetch NAME…`."""

import argparse
import sys

from helpers.data.fetch import DataError, cache_dir, fetch
from helpers.data.registry import REGISTRY, Distribution, Installed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpers.data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="print the registry as a table")
    fetching = commands.add_parser("fetch", help="fetch data sets into the cache")
    fetching.add_argument("names", nargs="+", metavar="NAME")
    options = parser.parse_args(arguments)
    if options.command == "list":
        print(_table())
        return 0
    return _fetch(options.names)


def _fetch(names: list[str]) -> int:
    failed = 0
    for name in names:
        try:
            paths = fetch(name)
        except (DataError, KeyError) as error:
            print(error.args[0], file=sys.stderr)
            failed = 1
        else:
            for path in paths:
                print(f"{name}: {path}")
    return failed


def _table() -> str:
    rows = [("name", "kind", "modality", "fetched", "source", "licence")]
    for entry in REGISTRY.values():
        size = sum(file.size for file in entry.files)
        rows.append(
            (
                entry.name,
                entry.kind,
                entry.modality,
                _size(entry, size),
                _source(entry.files[0].source),
                entry.licence,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "", f"Cache: {cache_dir()}"])


def _size(entry, size: int) -> str:
    if isinstance(entry.files[0].source, Installed):
        return "installed"
    if not size:
        return "not stated"
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"


def _source(source) -> str:
    if isinstance(source, Installed):
        return f"package {source.package}"
    if isinstance(source, Distribution):
        return source.requirement
    return source.url.split("/")[2]


if __name__ == "__main__":
    sys.exit(main())
