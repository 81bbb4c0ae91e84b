"""The tour's own manners: which instance it walks through, how it prints, what it does when something does not hold."""

import io
import json
from pathlib import Path

import pytest

from devkit.demo.loading import notes as planned_notes
from devkit.terminal import CommandFailed
from devkit.tour import command
from devkit.tour.people import Person
from devkit.tour.printer import Step, StepFailed, Story


def test_without_options_it_starts_an_instance_of_its_own() -> None:
    options = command.parse([])
    assert options.base_url is None and options.data is None


def test_only_a_web_address_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.parse(["--base-url", "https://a.example"]).base_url == "https://a.example"
    with pytest.raises(SystemExit):
        command.parse(["--base-url", "127.0.0.1:8000"])
    assert "http(s)" in capsys.readouterr().err


def _instance(folder: Path) -> Path:
    notes = {"base_url": "http://127.0.0.1:8123", "scan_codes": [], "sign_ins": []}
    (folder / "demo.json").write_text(json.dumps(notes), "utf-8")
    (folder / "instance.json").write_text(json.dumps({"ports": {"sandbox": 5555}}), "utf-8")
    return folder


def test_a_data_folder_tells_the_address_and_the_sandbox(tmp_path: Path) -> None:
    address, notes, sandbox = command.running(None, _instance(tmp_path))
    assert (address, notes["scan_codes"], sandbox) == ("http://127.0.0.1:8123", [], "http://127.0.0.1:5555")


def test_another_instance_than_the_folders_has_another_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "DEFAULT_DATA_DIR", _instance(tmp_path))
    address, _, sandbox = command.running("http://127.0.0.1:9000/", None)
    assert (address, sandbox) == ("http://127.0.0.1:9000", "")


def test_the_demo_is_known_without_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "DEFAULT_DATA_DIR", tmp_path / "nothing")
    _, notes, sandbox = command.running("http://127.0.0.1:9000", None)
    assert notes == planned_notes("http://127.0.0.1:9000") and sandbox == ""


def test_a_folder_without_a_demo_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"demo\.json"):
        command.running(None, tmp_path)


def _walk(*chapters: object) -> tuple[str, int]:
    out = io.StringIO()
    story = Story(out)
    for number, chapter in enumerate(chapters, start=1):
        story.chapter(f"第 {number} 章", chapter, story)  # type: ignore[arg-type]
    code = story.end()
    return out.getvalue(), code


def _holds(story: Story) -> None:
    with story.step("群众扫码") as now:
        now.shows("您的代表：甲")


def _fails(story: Story) -> None:
    with story.step("代表受理") as now:
        now.expect("pending_accept", "with_deputy", "状态")
    raise AssertionError("a failed step ends its chapter")


def test_a_step_that_held_says_what_came_of_it() -> None:
    text, code = _walk(_holds)
    assert "▶ 群众扫码…  ✔ 您的代表：甲\n" in text and code == 0


def test_a_step_that_failed_says_what_came_instead_and_the_next_chapter_is_walked() -> None:
    text, code = _walk(_fails, _holds)
    assert "▶ 代表受理…  ✘ 状态：应为 'with_deputy'，得到 'pending_accept'\n" in text
    assert "✔ 您的代表：甲" in text and "✘ 1 步没有做到，1 步做到了。" in text and code == 1


def test_a_failure_between_two_steps_counts_too() -> None:
    def lost(_story: Story) -> None:
        raise StepFailed("站里没有另一位代表")

    text, code = _walk(lost, _holds)
    assert "✘ 站里没有另一位代表" in text and code == 1


def test_a_fault_of_the_tour_itself_is_not_called_a_failed_step() -> None:
    def broken(_story: Story) -> None:
        raise KeyError("typo")

    with pytest.raises(KeyError):
        _walk(broken)


def test_requirements_name_what_came() -> None:
    step = Step()
    step.require(True, "应有 119", [])
    with pytest.raises(StepFailed, match="应有 119；得到"):
        step.require([], "应有 119", [])


class _Offering(Person):
    """A person whose view of every issue is this one."""

    def sees(self, issue_id: str, expect: int = 200) -> object:
        fields = [{"name": "text", "type": "text", "required": True}]
        return {"version": 3, "actions": [{"name": "answer", "title": "当场答复", "fields": fields}]}


@pytest.mark.parametrize(
    ("action", "values", "complaint"),
    [
        ("assign", {}, "没有“assign”按钮"),
        ("answer", {}, "没有填"),
        ("answer", {"text": "好", "unit_id": "u"}, "没有要求"),
    ],
)
def test_nobody_presses_what_is_not_offered_or_fills_in_what_is_not_asked(
    action: str, values: dict[str, str], complaint: str
) -> None:
    person = _Offering(None, "http://nowhere", "代表")  # type: ignore[arg-type]
    with pytest.raises(StepFailed, match=complaint):
        person.does("id", action, **values)
