"""`python -m devkit COMMAND …`: what the `dev` script hands over to."""

import argparse
import importlib
import importlib.util
import sys
from dataclasses import dataclass

from devkit.terminal import CommandFailed, complain


@dataclass(frozen=True)
class Command:
    """Where a sub-command lives. Modules are imported only when asked for: `./dev lint` needs no database driver."""

    module: str
    title: str
    missing: str = ""


COMMANDS = {
    "run": Command("devkit.run", "启动整套服务"),
    "demo": Command("devkit.demo.command", "把演示区载入数据库,可补足到许多事项供测量"),
    "flask": Command("devkit.flask_command", "在某个实例的数据上执行运维命令"),
    "desk-code": Command("devkit.desk_code", "工作台演示账号的密码和动态码"),
    "test": Command("devkit.testing", "运行全部测试"),
    "tour": Command("devkit.tour", "走一遍主流程", "the tour is built by a later issue (devkit/tour)"),
    "bench": Command("devkit.bench.command", "运行基准测试"),
    "lint": Command("devkit.lint", "静态检查"),
    "fmt": Command("devkit.formatting", "整理格式"),
    "client": Command("devkit.client", "构建客户端"),
    "openapi": Command("devkit.openapi", "输出 OpenAPI 文档"),
    "wechat-sandbox": Command("devkit.wechat_sandbox.command", "单独启动微信沙箱"),
}


def parser() -> argparse.ArgumentParser:
    """The first level only: each command parses the rest itself, since pytest and flask have options of their own."""
    listing = "\n".join(f"  {name:<16}{command.title}" for name, command in COMMANDS.items())
    result = argparse.ArgumentParser(
        prog="./dev",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"命令:\n{listing}",
    )
    result.add_argument("command", choices=list(COMMANDS), metavar="COMMAND")
    result.add_argument("arguments", nargs=argparse.REMAINDER)
    return result


def main(argv: list[str]) -> int:
    """Find the command and run it; a CommandFailed becomes its sentence and its exit code."""
    options = parser().parse_args(argv[:1])
    command = COMMANDS[options.command]
    if command.missing and importlib.util.find_spec(command.module) is None:
        complain(command.missing)
        return 2
    try:
        return int(importlib.import_module(command.module).main(argv[1:]))
    except CommandFailed as failure:
        complain(str(failure))
        return failure.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
