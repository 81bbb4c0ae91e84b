"""The documents say what the code does: settings, words, decisions, the drawing, and links that lead somewhere."""

from __future__ import annotations

import configparser
import dataclasses
import re
from pathlib import Path

import pytest

from commands import COMMANDS
from config.settings import Settings
from devkit import error_table, lifecycle_doc
from devkit.__main__ import COMMANDS as DEV_COMMANDS
from service.accounts.roles import Role
from service.issues.lifecycle import Action, Party, State

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")


def documents(root: Path) -> list[Path]:
    return [*root.glob("*.md"), *(root / "docs").rglob("*.md")]


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def glossary(root: Path) -> set[str]:
    return set(CODE.findall((root / "docs" / "glossary.md").read_text("utf-8")))


def test_the_drawing_of_the_lifecycle_is_current() -> None:
    written = lifecycle_doc.TARGET.read_text("utf-8")
    assert written == lifecycle_doc.document(), f"run: {lifecycle_doc.COMMAND}"


def test_the_table_of_wechats_errors_is_current() -> None:
    assert error_table.TARGET.read_text("utf-8") == error_table.document(), f"run: {error_table.COMMAND}"


def test_the_drawing_names_every_party_state_and_action() -> None:
    assert set(lifecycle_doc.PARTY_TITLES) == set(Party)
    drawn = set(CODE.findall(lifecycle_doc.document()))
    assert {state.value for state in State} <= drawn
    beside_the_table = {Action.URGE.value, Action.SUBMIT.value}
    assert {action.value for action in Action} - beside_the_table <= drawn


def test_every_setting_stands_in_the_readme(readme: str) -> None:
    names = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert sorted(names - set(CODE.findall(readme))) == []


def test_the_readme_invents_no_setting(readme: str) -> None:
    table = readme.partition("## Settings")[2].partition("\n## ")[0]
    named = {name for row in table.splitlines() if row.startswith("| `") for name in CODE.findall(row)[:1]}
    assert named == {field.name.upper() for field in dataclasses.fields(Settings)}


def test_the_readme_begins_with_the_two_commands(readme: str) -> None:
    assert readme.index("./dev run") < readme.index("./dev test") < readme.index("##")


@pytest.mark.parametrize("words", [Role, State, Action], ids=["roles", "states", "actions"])
def test_every_word_of_the_code_is_in_the_glossary(words: type, glossary: set[str]) -> None:
    assert sorted(word.value for word in words if word.value not in glossary) == []  # type: ignore[attr-defined]


def test_every_decision_is_listed(root: Path) -> None:
    folder = root / "docs" / "adr"
    pages = {page.name for page in folder.glob("[0-9]*.md")}
    listed = set(LINK.findall((folder / "README.md").read_text("utf-8")))
    assert pages == listed
    assert all((folder / page).read_text("utf-8").startswith(f"# {page[:4]} ") for page in pages)


def test_every_operators_command_is_explained(root: Path) -> None:
    guide = (root / "docs" / "operators.md").read_text("utf-8")
    assert [command.name for command in COMMANDS if str(command.name) not in guide] == []


def test_every_dev_command_named_in_the_documents_exists(root: Path) -> None:
    named = {
        (page.name, command)
        for page in documents(root)
        for command in re.findall(r"\./dev ([a-z][a-z-]*)", page.read_text("utf-8"))
    }
    assert [pair for pair in sorted(named) if pair[1] not in DEV_COMMANDS] == []


def test_every_link_leads_somewhere(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)} → {target}"
        for page in documents(root)
        for target in LINK.findall(page.read_text("utf-8"))
        if not target.startswith(("http://", "https://")) and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_source_file_named_in_the_documents_exists(root: Path) -> None:
    path = re.compile(r"`((?:service|miniprogram_api|workers|devkit|config|tests|docs)/[\w./-]*)`")
    missing = [
        f"{page.relative_to(root)} → {named}"
        for page in documents(root)
        for named in path.findall(page.read_text("utf-8"))
        if not (root / named).exists()
    ]
    assert missing == []


def test_no_document_names_a_place_of_one_machine(root: Path) -> None:
    own = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users)/")
    assert [str(page) for page in documents(root) if own.search(page.read_text("utf-8"))] == []


def test_the_architecture_names_every_package_at_the_top(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    packages = {path.parent.name for path in root.glob("*/__init__.py")}
    assert [name for name in sorted(packages) if f"`{name}/`" not in text] == []


def test_the_drawing_of_the_layers_is_the_one_that_fails_the_build(root: Path) -> None:
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter", encoding="utf-8")
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    drawn = [line.strip().split("   ")[0] for block in text.split("```")[1::2] for line in block.splitlines()]
    for name in ("top", "floors"):
        layers = contracts[f"importlinter:contract:{name}"]["layers"].split("\n")
        wanted = [layer.strip() for layer in layers if layer.strip()]
        assert [line for line in drawn if line in wanted] == wanted
