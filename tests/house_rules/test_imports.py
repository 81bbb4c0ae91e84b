"""The drawing of the house holds: imports run down, and each rule of ``.importlinter`` is kept."""

from __future__ import annotations

import ast
import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

EDGES = frozenset({"miniprogram_api", "console", "workers"})
ROOT_MODULES = frozenset({"app"})
ROOTS = ROOT_MODULES | {"commands"}
"""Modules at the top: import-linter takes packages only, so they are judged here."""
NOT_OURS_TO_LAYER = frozenset({"tests"})


@pytest.fixture(scope="module")
def contracts(root: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(root / ".importlinter", encoding="utf-8")
    return read


def imports_of(path: Path) -> set[str]:
    """Top-level names a file imports, also inside functions and under TYPE_CHECKING."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def python_files(root: Path, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]


def packages(root: Path) -> set[str]:
    return {path.parent.name for path in root.glob("*/__init__.py")} - NOT_OURS_TO_LAYER


def test_every_contract_of_the_drawing_is_kept(root: Path) -> None:
    """What ``./dev lint`` runs, without its cache."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, is_debug_mode=True))"
    report = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert report.returncode == 0, f"{report.stdout}\n{report.stderr}"
    assert " 0 broken" in report.stdout


def test_every_package_is_in_the_drawing(root: Path, contracts: configparser.ConfigParser) -> None:
    drawn = set(contracts["importlinter"]["root_packages"].split())
    assert packages(root) == drawn
    layers = contracts["importlinter:contract:top"]["layers"].replace("|", " ").split()
    assert set(layers) == drawn


def test_nobody_imports_the_development_kit(root: Path) -> None:
    ours = [*python_files(root, *(packages(root) - {"devkit"})), *(root / f"{name}.py" for name in ROOT_MODULES)]
    assert [str(path) for path in ours if "devkit" in imports_of(path)] == []


def test_nothing_below_imports_the_composition_root(root: Path) -> None:
    below = python_files(root, *(packages(root) - {"devkit", "workers", "commands"}))
    assert [str(path) for path in below if imports_of(path) & ROOTS] == []
    assert [str(path) for path in python_files(root, "commands") if "app" in imports_of(path)] == []


def test_one_file_imports_wechatpy(root: Path) -> None:
    """The sandbox is tested against the library too; production code has one importer."""
    importers = [path for path in python_files(root, *packages(root)) if "wechatpy" in imports_of(path)]
    assert [str(path.relative_to(root)) for path in importers] == ["service/wechat_client.py"]


def test_nothing_but_the_settings_reads_the_environment(root: Path) -> None:
    ours = python_files(root, *(packages(root) - {"devkit"}))
    ours += [root / f"{name}.py" for name in ROOT_MODULES]
    readers = [
        path
        for path in ours
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv(" in path.read_text(encoding="utf-8")
    ]
    assert {str(path.relative_to(root)) for path in readers} <= {"config/settings.py"}


def test_no_import_hides_in_a_function_or_under_type_checking(root: Path) -> None:
    """A cycle is solved, not dodged (habit 2)."""
    hidden = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in python_files(root, *(packages(root) - {"devkit"}))
        for node in _hidden_imports(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert hidden == []


def _hidden_imports(tree: ast.Module) -> list[ast.stmt]:
    top = {id(node) for node in tree.body}
    every = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return [node for node in every if id(node) not in top]
