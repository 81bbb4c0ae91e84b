"""Tencent's own compilers of templates and styles, wcc and wcsc, run over the built mini-program.

They come in the npm package `miniprogram-compiler` (MIT) as x86-64 programs for glibc; started directly, because its
JavaScript drops wcsc's complaints. They are of 2019–2020: what they accept WeChat accepts, newer features aside.
"""

from __future__ import annotations

import json
import platform
import subprocess
from pathlib import Path

from devkit.node import CLIENT
from devkit.terminal import CommandFailed

PROGRAMS = CLIENT / "node_modules" / "miniprogram-compiler" / "bin" / "linux"
WCC, WCSC = PROGRAMS / "wcc", PROGRAMS / "wcsc"
IGNORED = "Some selectors are not allowed in component wxss"
"""What wcsc writes into its output, and only there, about selectors a component may not use."""
LITERAL_END = "\\x22"
CANNOT_RUN = (
    "微信的编译器 {name} 在这台机器上不能运行（{machine}；它只有 x86-64、glibc 的 Linux 版本）：{why}。"
    "WXML 和 WXSS 这次没有经过微信的编译器。"
)


class CannotRun(CommandFailed):
    """The programs are not for this machine: nothing was checked, and nobody may think it was."""


def compiled(folder: Path) -> list[str]:
    """What the two compilers refuse in the package of ``folder``; empty when they take every file.

    :raises CannotRun: on a machine they are not made for.
    """
    return [*_templates(folder), *_styles(folder)]


def _names(folder: Path, ending: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob(f"*{ending}"))


def _run(program: Path, folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and everything it wrote.

    :raises CannotRun: when the system cannot start it.
    """
    try:
        program.chmod(0o755)
        done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, timeout=60, check=False)
    except OSError as failure:
        machine = f"{platform.system()} {platform.machine()}"
        raise CannotRun(CANNOT_RUN.format(name=program.name, machine=machine, why=failure.strerror)) from failure
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", errors="replace")


def _templates(folder: Path) -> list[str]:
    """Every template at once, with the components each of them names."""
    names = _names(folder, ".wxml")
    using = {name: _components(folder / f"{name.removesuffix('.wxml')}.json") for name in names}
    defined = [word for name, tags in using.items() if tags for word in (name, str(len(tags)), *tags)]
    components = " ".join([str(sum(map(bool, using.values()))), *defined])
    code, written = _run(WCC, folder, "-d", "-cc", components, *names, "-gn", "$gwx")
    return _verdict("wcc", code, written, [name for name in names if f"'{name}'" not in written])


def _components(description: Path) -> list[str]:
    if not description.is_file():
        return []
    return list(json.loads(description.read_text("utf-8")).get("usingComponents", {}))


def _styles(folder: Path) -> list[str]:
    """Every style sheet at once; those of pages and components come first and are counted, as WeChat does it."""
    own = [name for name in _names(folder, ".wxss") if name != "app.wxss"]
    code, written = _run(WCSC, folder, "-lc", "-db", "-pc", str(len(own)), *own, "app.wxss")
    ignored = [f"wcsc：{IGNORED}{part.partition(LITERAL_END)[0]}" for part in written.split(IGNORED)[1:]]
    return ignored + _verdict("wcsc", code, written, [name for name in own if f"={name}=" not in written])


def _verdict(name: str, code: int, written: str, missing: list[str]) -> list[str]:
    if code:
        return [f"{name}：{' '.join(written.split())[-400:]}"]
    return [f"{name}：{one} 没有编译出来" for one in missing]
