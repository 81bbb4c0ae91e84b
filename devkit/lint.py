"""`./dev lint`: style, types and import layers, of the client too."""

from devkit.terminal import PROJECT_ROOT
from devkit.tools import run_all

TYPED = ("service", "config", "miniprogram_api", "console", "web", "workers", "qr", "devkit", "commands", "app.py")
# import-linter has no `python -m` entry of its own.
IMPORT_LINTER = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


def main(_arguments: list[str]) -> int:
    """Run all checks; 0 only if all held."""
    typed = [name for name in TYPED if (PROJECT_ROOT / name).exists()]
    return run_all(
        {
            "ruff check": ["-m", "ruff", "check", "."],
            "ruff format --check": ["-m", "ruff", "format", "--check", "."],
            "mypy": ["-m", "mypy", *typed],
            "lint-imports": ["-c", IMPORT_LINTER],
            "client types (vue-tsc)": ["-m", "devkit.client_types"],
        }
    )
