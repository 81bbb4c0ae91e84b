"""`python -m devkit.error_table`: writes WeChat's error numbers into docs/wechat.md from service/wechat_errors.py."""

from __future__ import annotations

import sys

from devkit.terminal import PROJECT_ROOT
from service.wechat_errors import rows

TARGET = PROJECT_ROOT / "docs" / "wechat.md"
COMMAND = "python -m devkit.error_table"
BEGIN, END = f"<!-- errors: written by {COMMAND} -->\n", "<!-- end of errors -->\n"


def table() -> str:
    """One row per number: what becomes of the message, what it means, what an operator does, where that is from."""
    lines = ["| errcode | then | meaning | next step | source |", "|---|---|---|---|---|"]
    lines += [f"| {row.errcode} | `{row.fault}` | {row.meaning} | {row.next_step} | {row.source} |" for row in rows()]
    return "\n".join(lines) + "\n"


def document() -> str:
    """The whole page with the table of today."""
    before, _, rest = TARGET.read_text("utf-8").partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def main() -> int:
    TARGET.write_text(document(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
