"""How the client is built and when its tests need a browser; the building itself is seen in tests/client."""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import client_testing
from devkit.client_testing import NEED_BROWSER, START_INSTANCES, selects, verdict
from devkit.node import CLIENT, digest
from devkit.terminal import PROJECT_ROOT


def test_everything_includes_the_browser_tests_and_a_part_only_when_it_is_one() -> None:
    inside = str(NEED_BROWSER / "test_journeys.py")
    for arguments in ([], ["-x"], ["tests"], [inside], [f"{inside}::test_x"], ["-k", "x", "tests/client"]):
        located = [str(PROJECT_ROOT / one) if one.startswith("tests") else one for one in arguments]
        assert selects(located, (NEED_BROWSER,)), arguments
    assert not selects([str(PROJECT_ROOT / "tests" / "api")], START_INSTANCES)
    assert not selects([str(PROJECT_ROOT / "tests" / "tour")], (NEED_BROWSER,))


def test_a_run_without_a_browser_says_so_in_its_last_lines_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert verdict(0, "没有") == 0
    assert "BROWSER TESTS DID NOT RUN" in capsys.readouterr().err
    monkeypatch.setenv("CI", "1")
    assert verdict(0, "没有") == 1
    assert verdict(3, "没有") == 3
    assert verdict(0, "") == 0
    assert "BROWSER" in client_testing.LOUD[3]


def test_a_build_is_named_after_what_its_sources_hold(tmp_path: Path) -> None:
    first, second = CLIENT / "package.json", CLIENT / "index.html"
    assert digest([first, second]) == digest([second, first])
    assert digest([first]) != digest([second])
    assert digest([first]) != digest([first], salt="https://elsewhere.example")
