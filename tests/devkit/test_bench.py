"""The benchmarks still run, compare like with like, and say honestly what they saw. No test here claims a speed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from devkit.bench import cpu, rounds
from devkit.bench.cases.paper import phone_photo
from devkit.bench.command import CASES, chosen, options_of, parse
from devkit.bench.controls import bare_codes, one_statement, plain_copy
from devkit.bench.figures import (
    Figure,
    at_least,
    at_most,
    markdown_table,
    not_measured,
    ratio_at_least,
    text_table,
)
from devkit.bench.ground import Options
from devkit.bench.load import TOKEN, LoadFailed, Plan, Request, run
from devkit.bench.site import Sample
from devkit.terminal import PROJECT_ROOT, CommandFailed

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nslow"


@contextmanager
def server(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that gives everybody the same answer, in two pieces, and remembers what it was asked."""
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):  # a benchmark that fails hangs up on everybody
            while piece := connection.recv(65536):
                asked.append(piece)
                connection.sendall(answer[:20])
                connection.sendall(answer[20:])

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def plan(port: int, total: int, pace: float | None = None) -> Plan:
    raw = b"GET / HTTP/1.1\r\nHost: h\r\nIdempotency-Key: " + TOKEN + b"\r\n\r\n"
    return Plan(port, (Request(raw, 200),), total, pace, connections=4)


def test_every_request_is_answered_and_none_is_like_another() -> None:
    with server(OK) as (port, asked):
        outcome = run(plan(port, 40))
    assert len(outcome.latencies) == 40
    assert len(set(asked)) == 40
    assert outcome.bodies == [b"{}"]
    assert outcome.percentile(0.5) <= outcome.percentile(0.99) == max(outcome.latencies)


def test_an_answer_that_was_not_expected_ends_the_benchmark() -> None:
    with server(REFUSED) as (port, _), pytest.raises(LoadFailed, match="answered 429 instead of 200: slow"):
        run(plan(port, 8))


def test_a_paced_load_takes_the_time_it_was_given() -> None:
    with server(OK) as (port, _):
        outcome = run(plan(port, 10, pace=50))
    assert outcome.seconds >= 9 / 50


def test_processor_time_is_that_of_a_whole_process_tree() -> None:
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(6_000_000))'])"
    before = cpu.seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert cpu.seconds([os.getpid()]) - before >= 0.03
    assert os.getpid() in cpu.tree([os.getppid()])


def test_sides_take_turns_and_ratios_stay_within_their_round() -> None:
    turns: list[str] = []
    rates = {"a": iter([1, 1, 10, 2, 30]), "b": iter([1, 1, 100, 4, 100])}

    def side(name: str) -> rounds.Side:
        def carry_out(total: int) -> Sample:
            turns.append(name)
            return Sample(next(rates[name]), 1, 1, 1, 1)

        return carry_out

    found = rounds.alternate({"a": side("a"), "b": side("b")}, Options(rounds=3, seconds=1000))
    assert turns == ["a", "a", "b", "b", "a", "b", "a", "b", "a", "b"]
    assert rounds.ratio(found["a"], found["b"], "rate") == 0.3  # of 0.1, 0.5 and 0.3
    assert rounds.middle(found["a"], "rate") == 10


def test_a_figure_is_judged_by_its_value_or_by_its_ratio() -> None:
    assert Figure("cpu", 1.9, "ms", 1.0, 1.9, at_most(2)).ok
    assert not Figure("cpu", 2.1, "ms", 1.0, 0.1, at_most(2)).ok
    assert Figure("rate", 1.0, "1/s", 2.0, 0.5, ratio_at_least(0.4)).ok
    assert not Figure("rate", 1000.0, "1/s", 9000.0, 0.11, ratio_at_least(0.4)).ok
    assert not Figure("notice", 59.0, "1/s", reach=at_least(60)).ok
    assert Figure("for information", 5.0, "ms").ok


def test_what_was_not_measured_is_missed() -> None:
    missed = not_measured("posters", "s", "there are no posters yet", ratio_at_least(1))
    assert not missed.ok
    assert missed.as_json()["ok"] is False
    assert "not measured: there are no posters yet" in text_table([missed])


def test_the_tables_show_every_figure_and_the_miss() -> None:
    figures = [
        Figure("submit", 1234.5, "submits/s", 3000.0, 0.4115, ratio_at_least(0.4)),
        Figure("submit-cpu", 2.5, "ms", 1.0, 2.5, at_most(2)),
    ]
    lines = text_table(figures).splitlines()
    assert lines[1].split() == ["submit", "1,234", "submits/s", "3,000", "0.411", "ratio", ">=", "0.4", "yes"]
    assert "NO" in lines[2]
    assert markdown_table(figures).splitlines()[2].startswith("| submit | 1,234 | submits/s | 3,000 | 0.411 |")
    assert list(figures[0].as_json())[:7] == ["name", "value", "unit", "control", "ratio", "reach", "ok"]


def test_names_are_known_or_refused() -> None:
    assert list(chosen([])) == list(CASES)
    assert list(chosen(["scan", "submit"])) == ["submit", "scan"]
    with pytest.raises(CommandFailed, match="no benchmark is called sumbit"):
        chosen(["sumbit"])


def test_quick_is_tiny_and_otherwise_the_options_hold() -> None:
    quick = options_of(parse(["--quick", "--no-fsync"]))
    assert (quick.rounds, quick.durable, quick.profiles) == (1, False, False)
    given = options_of(parse(["--rounds", "7", "--issues", "5000"]))
    assert (given.rounds, given.most, given.durable, given.profiles) == (7, 5000, True, True)


def test_the_control_of_submit_gives_every_column_a_value() -> None:
    rows = {"issues": {"id": 1, "content": 2}, "outbox": {"payload": 3}}
    assert one_statement.statement_for(rows) == (
        "with step_0 as (insert into issues (id, content) values (%(issues_id)s, %(issues_content)s)) "
        "insert into outbox (payload) values (%(outbox_payload)s)"
    )


def test_the_controls_of_pictures_draw_what_they_say() -> None:
    assert all(png.startswith(b"\x89PNG") for png in bare_codes.draw(["HTTPS://H/S/1", "HTTPS://H/S/2"]))


@pytest.mark.slow
def test_the_photo_is_of_a_phones_size_and_always_the_same() -> None:
    photo = phone_photo()
    assert photo == phone_photo()
    assert 3.5e6 < len(photo) < 5e6
    assert plain_copy.copy(photo).startswith(b"\xff\xd8")


@pytest.mark.slow
def test_a_quick_run_measures_product_and_control_in_the_same_server(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    command = [
        sys.executable,
        "-m",
        "devkit",
        "bench",
        "submit",
        "scan",
        "--quick",
        "--no-fsync",
        "--json",
        str(written),
    ]
    result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    figures = {figure["name"]: figure for figure in json.loads(written.read_text("utf-8"))}
    assert list(figures) == ["submit", "submit-cpu", "scan", "scan-cpu"]
    assert all(figure["value"] > 0 and figure["control"] > 0 for figure in figures.values())
    assert "submit-cpu" in result.stdout
