"""What follows from what leads somewhere: every event has its reactions, every job name resolves, every queue is served."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

from service import jobs
from service.events import EVENT_TITLES, Event
from service.jobs import DECIDE_QUEUE, DELIVER_QUEUE, LATER_QUEUE, QUEUE_OF
from service.notifications.kinds import KIND_TITLES
from service.notifications.kinds import Kind as NoticeKind
from workers import __main__ as workers_main
from workers import jobs as worker_jobs
from workers.reactions import REACTIONS
from workers.scheduler import SCHEDULE


def test_every_event_has_a_reaction() -> None:
    assert set(REACTIONS) == set(Event)
    assert all(REACTIONS[event] for event in Event)


def test_every_event_is_recorded_somewhere_and_none_by_a_bare_name(root: Path) -> None:
    """An event nobody records is dead; one written as a string would miss the table."""
    used = {
        node.attr
        for path in (root / "service").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event"
    }
    assert {event.name for event in Event} <= used


def test_every_event_and_every_kind_of_notice_has_a_name_in_chinese() -> None:
    """Whoever requeues what was parked reads words, not identifiers; no two are called alike."""
    for titles, named in ((EVENT_TITLES, set(Event)), (KIND_TITLES, set(NoticeKind))):
        assert set(titles) == named
        assert len(set(titles.values())) == len(titles)
        assert all(re.fullmatch(r"[\u4e00-\u9fff：，、]{2,24}", title) for title in titles.values())


def test_every_job_name_resolves_to_a_function_without_arguments() -> None:
    for name in jobs.ALL:
        module, _, function = name.rpartition(".")
        found = getattr(importlib.import_module(module), function)
        assert inspect.signature(found).parameters == {}, name


def test_the_list_of_jobs_is_whole() -> None:
    named = {value for name, value in vars(jobs).items() if name.isupper() and str(value).startswith("workers.")}
    assert named == set(jobs.ALL) == set(QUEUE_OF)


def test_every_queue_is_served_by_the_worker() -> None:
    served = inspect.getsource(workers_main)
    assert set(QUEUE_OF.values()) == {DECIDE_QUEUE, DELIVER_QUEUE, LATER_QUEUE}
    assert "(DECIDE_QUEUE, DELIVER_QUEUE, LATER_QUEUE)" in served, "in this order: pictures wait for people"


def test_every_scheduled_job_is_a_job_and_what_only_the_clock_starts_is_scheduled() -> None:
    scheduled = {every.job for every in SCHEDULE}
    assert scheduled <= set(jobs.ALL)
    assert {
        jobs.SWEEP,
        jobs.RUN_TIMERS,
        jobs.LINK_LEDGER,
        jobs.COUNT_SCANS,
        jobs.SWEEP_UPLOADS,
        jobs.COMPARE_FILES,
        jobs.FORGET_TRAIL,
        jobs.CHASE_CHECKS,
    } <= scheduled
    assert all(every.seconds > 0 for every in SCHEDULE)


def test_only_delivery_speaks_to_wechat(root: Path) -> None:
    """Decide jobs touch the database alone: a WeChat refusal can never undo a routing (architecture, two kinds of job)."""
    tree = ast.parse(inspect.getsource(worker_jobs))
    users = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(part, ast.Attribute) and part.attr == "wechat" for part in ast.walk(node))
    ]
    assert users == ["deliver_notifications", "ask_checks", "fetch_mini_codes"], "the third only for paper"
    senders = [
        path.name
        for path in (root / "service").rglob("*.py")
        if ".send_subscription(" in path.read_text(encoding="utf-8")
    ]
    assert set(senders) <= {"delivery.py"}
    askers = [
        path.name
        for path in (root / "service").rglob("*.py")
        if ".check_text(" in path.read_text(encoding="utf-8") or ".check_media(" in path.read_text(encoding="utf-8")
    ]
    assert set(askers) <= {"asking.py", "wechat_client.py"}
