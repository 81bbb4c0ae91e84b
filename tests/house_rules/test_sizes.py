"""Small enough to see (habit 10), and nothing put off where a reader would trip over it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

MOST_LINES = 300
FOLDERS = ("commands", "config", "console", "devkit", "miniprogram_api", "qr", "service", "tests", "web", "workers")
MODULES = ("app.py",)

LONGER: dict[str, str] = {}
"""Files over 300 lines, each with its reason. Numbered migrations are generated and not counted."""

MOST_BODY_LINES = 45
"""Of one function; most have fewer than ten."""
LONG_FUNCTIONS: dict[str, str] = {
    "service/issues/submitting.py:_new_issue": "one constructor call with every column",
    "service/issues/views.py:detail": "one answer with every field",
}


@pytest.fixture(scope="module")
def files(root: Path) -> dict[str, str]:
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]
    paths = [path for path in [*paths, *(root / name for name in MODULES)] if "versions" not in path.parts]
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in paths}


def test_no_file_is_longer_than_a_person_can_keep_in_mind(files: dict[str, str]) -> None:
    long = {name: text.count("\n") for name, text in files.items() if text.count("\n") > MOST_LINES}
    assert set(long) - set(LONGER) == set(), long
    assert set(LONGER) - set(long) == set(), "short again: take it off the list"


def test_no_function_runs_over_a_screen(files: dict[str, str]) -> None:
    long = {
        f"{name}:{node.name}"
        for name, text in files.items()
        if not name.startswith(("tests/", "devkit/"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and _body_lines(node) > MOST_BODY_LINES
    }
    assert long - set(LONG_FUNCTIONS) == set()


def _body_lines(node: ast.FunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def test_every_module_says_in_a_sentence_what_it_is(files: dict[str, str]) -> None:
    silent = [name for name, text in files.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert silent == []


def test_tests_turn_the_clock_and_never_sleep(files: dict[str, str]) -> None:
    """A fixed wait is slow where it is too long and flaky where it is too short; ``devkit`` tests poll real processes."""
    sleepers = [
        name
        for name, text in files.items()
        if name.startswith("tests/") and not name.startswith("tests/devkit/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
    ]
    assert sleepers == []


def test_every_silenced_type_error_says_which(files: dict[str, str]) -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)")
    assert [name for name, text in files.items() if bare.search(_without_this_rule(name, text))] == []


def test_every_silenced_lint_rule_says_which(files: dict[str, str]) -> None:
    bare = re.compile(r"#\s*noqa(?!:\s*[A-Z])")
    assert [name for name, text in files.items() if bare.search(_without_this_rule(name, text))] == []


def test_nothing_is_left_to_do_in_a_comment(files: dict[str, str]) -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert [name for name, text in files.items() if left.search(_without_this_rule(name, text))] == []


def _without_this_rule(name: str, text: str) -> str:
    return "" if name == "tests/house_rules/test_sizes.py" else text
