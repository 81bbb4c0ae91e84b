"""`./dev fmt`: lets ruff put the code into shape."""

from devkit.tools import run_all


def main(arguments: list[str]) -> int:
    """Format the given paths, or everything; 0 when nothing is left that ruff cannot mend."""
    paths = arguments or ["."]
    return run_all(
        {
            "ruff check --fix": ["-m", "ruff", "check", "--fix", *paths],
            "ruff format": ["-m", "ruff", "format", *paths],
        }
    )
