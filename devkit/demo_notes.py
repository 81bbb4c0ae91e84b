"""Reads what the demo district left in demo.json, for the lines `./dev run` prints."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.terminal import CommandFailed

ROLE_TITLES = {
    "resident": "居民",
    "deputy": "人大代表",
    "station_clerk": "联络员",
    "station_head": "站长",
    "township": "镇街人大",
    "district": "区代表工委",
    "government_office": "政府办",
    "unit_clerk": "承办单位经办人",
    "unit_leader": "承办单位负责人",
    "reviewer": "内容审核员",
    "committee": "专(工)委",
    "auditor": "审计员",
    "admin": "系统管理员",
}


SHOWN = 2


@dataclass(frozen=True)
class DemoNotes:
    """The address of the first scan code, and one line per demo account; how to sign in at the console."""

    scan_url: str | None
    sign_in_lines: tuple[str, ...]
    desk_lines: tuple[str, ...] = ()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _columns(rows: list[tuple[str, str]]) -> tuple[str, ...]:
    """Two columns; Chinese characters are two cells wide, so str.ljust would not line up."""
    widest = max((_width(left) for left, _ in rows), default=0)
    return tuple(f"{left}{' ' * (widest - _width(left))}  {right}" for left, right in rows)


def _first_of_each_role(people: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A few names per role; a hundred lines would push the QR off the screen, and demo.json has them all."""
    by_role: dict[str, list[str]] = {}
    for role, name in people:
        by_role.setdefault(role, []).append(name)
    return [(ROLE_TITLES.get(role, role), _some(names)) for role, names in by_role.items()]


def _some(names: list[str]) -> str:
    more = f" 等 {len(names)} 人" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more


def read_demo_notes(data_dir: Path) -> DemoNotes:
    """Read DIR/demo.json. Raises CommandFailed when it is missing or unreadable."""
    path = data_dir / "demo.json"
    try:
        notes = json.loads(path.read_text("utf-8"))
        codes = [entry["code"] for entry in notes["scan_codes"]]
        rows = _first_of_each_role([(entry["role"], entry["name"]) for entry in notes["sign_ins"]])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandFailed(f"演示说明 {path} 不能读取:{error}") from error
    scan_url = f"{notes['base_url'].rstrip('/')}/s/{codes[0]}" if codes else None
    return DemoNotes(scan_url, _columns(rows), _desk_lines(notes.get("desk")))


def _desk_lines(desk: dict[str, Any] | None) -> tuple[str, ...]:
    if desk is None:
        return ()
    logins = [(ROLE_TITLES.get(one["role"], one["role"]), one["login"]) for one in desk["sign_ins"]]
    return (*_columns(logins), f"密码都是 {desk['password']}，动态码用 ./dev desk-code 查看")
