"""`./dev client`: the client's two builds, made again only when their sources changed."""

import argparse
import fcntl
import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit.mp_package import MiniProgram
from devkit.node import CLIENT, Node, digest, find_node, install_packages, run, tool
from devkit.terminal import CommandFailed, complain, say
from devkit.tools import run_tool
from devkit.wechat_compilers import CannotRun, compiled

DIST = CLIENT / "dist"
H5, WECHAT = "h5", "mp-weixin"
BUILDS = (H5, WECHAT)
PACKABLE = (".html", ".js", ".css", ".json", ".svg", ".txt")
TITLES = {H5: "网页版（H5）", WECHAT: "微信小程序"}
WITHOUT = "没有网页版：扫码会打开不用脚本的页面，其余照常。"


def main(arguments: list[str]) -> int:
    """Build what is missing or out of date; ``--force`` builds anew, ``--types`` only brings the API's types."""
    parser = argparse.ArgumentParser(prog="./dev client", description="构建客户端：网页版和微信小程序。")
    parser.add_argument("builds", nargs="*", metavar="h5|mp-weixin", help="默认两个都构建")
    parser.add_argument("--force", action="store_true", help="源码没有变化也重新构建")
    parser.add_argument("--screens", action="store_true", help="把每一页按浅色、深色、长辈版拍成图片")
    parser.add_argument("--guide", action="store_true", help="把联络站一页通里的图重拍一遍（docs/images）")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="拍图用的、正在运行的实例的数据目录（默认临时启动一个）"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.builds) - set(BUILDS)
    if unknown:
        parser.error(f"没有这种构建：{'、'.join(sorted(unknown))}")
    faults: list[str] = []
    for name in options.builds or BUILDS:
        folder = build(name, force=options.force)
        say(f"{TITLES[name]}  {folder}")
        faults += looked_at(folder) if name == WECHAT else []
    # Programs of their own: building needs no browser, and no test tool.
    data = ["--data", str(options.data)] if options.data else []
    for wanted, program in ((options.screens, "devkit.screens"), (options.guide, "devkit.screens_console")):
        if wanted and not run_tool("-m", program, *data):
            faults.append(program)
    return 1 if faults else 0


def looked_at(folder: Path) -> list[str]:
    """The mini-program's package as WeChat would take it: its faults, said; and what an operator has to declare."""
    package = MiniProgram(folder, os.environ.get("API_ORIGIN", ""))
    faults = package.faults()
    compilers = "通过微信的编译器"
    try:
        faults += compiled(folder)
    except CannotRun as failure:
        complain(str(failure))
        compilers = "没有经过微信的编译器"
    for fault in faults:
        complain(f"  {fault}")
    verdict = f"{len(faults)} 处问题" if faults else compilers
    say(f"  主包 {package.sizes()[''] // 1024} KB，{verdict}；隐私保护指引里要写：{'、'.join(package.to_declare())}")
    return faults


def build_or_say_why(name: str = H5) -> bool:
    """For commands that can do without the client; whether it stands there now."""
    try:
        build(name)
    except CommandFailed as failure:
        complain(f"{failure}\n{WITHOUT}")
        return False
    return True


def build(name: str, *, force: bool = False) -> Path:
    """One build, when its sources are others than last time; two commands at once do it once.

    :raises CommandFailed: when there is no Node.js, no network, or the sources do not compile.
    """
    target, stamp = DIST / name, DIST / f".{name}"
    DIST.mkdir(exist_ok=True)
    with _alone():
        wanted = _wanted()
        if not force and stamp.is_file() and stamp.read_text("utf-8") == wanted and target.is_dir():
            return target
        node = find_node()
        install_packages(node)
        say(f"正在构建{TITLES[name]}（仅在源码变化时）…")
        _build_into(node, name, DIST / f"{name}.new")
        _swap(DIST / f"{name}.new", target)
        stamp.write_text(wanted, "utf-8")
    return target


@contextmanager
def _alone() -> Iterator[None]:
    with (DIST / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _wanted() -> str:
    sources = [path for path in (CLIENT / "src").rglob("*") if path.is_file() and not path.name.endswith(".d.ts")]
    sources += (CLIENT / "build").rglob("*.ts")
    sources += [CLIENT / name for name in ("package-lock.json", "package.json", "vite.config.ts", "index.html")]
    return digest(sources, salt=os.environ.get("API_ORIGIN", ""))


def _build_into(node: Node, name: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    platform = [] if name == H5 else ["-p", name]
    command = [*tool(node, "@dcloudio/vite-plugin-uni", "bin/uni.js"), "build", *platform]
    run(node, command, f"{TITLES[name]}没有构建成功：", UNI_OUTPUT_DIR=str(folder))
    if name == H5:
        _pack(folder)


def _pack(folder: Path) -> None:
    """A packed copy beside each text: a village's network should not carry it whole."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in PACKABLE:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _swap(new: Path, target: Path) -> None:
    """The old build stays until the new one is whole."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
