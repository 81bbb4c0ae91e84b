"""Plugins a mini-program names: somebody else's code that runs inside ours. One is known, WeChat's own for speech."""

import os
import re
from collections.abc import Iterator
from typing import Any

from devkit.terminal import CommandFailed

SPEECH = "WechatSI"
PROVIDERS = {SPEECH: "wx069ba97219f66d99"}
"""微信同声传译 (developers.weixin.qq.com/miniprogram/dev/platform-capabilities/extended/translator.html)."""
VERSION = re.compile(r"\d+\.\d+\.\d+")
WRONG_VERSION = "WECHAT_SI 请写插件微信同声传译的版本号（小程序后台的插件详情里有），例如 0.3.6；不用语音就不要设。"


def speech_version() -> str:
    """The version of WeChat's plugin for speech the package shall name (``WECHAT_SI``); empty for none.

    :raises CommandFailed: when it is no version.
    """
    version = os.environ.get("WECHAT_SI", "")
    if version and not VERSION.fullmatch(version):
        raise CommandFailed(WRONG_VERSION)
    return version


def required(script: str) -> set[str]:
    """The plugins a script asks for."""
    return set(re.findall(r"""\brequirePlugin\(\s*["'`]([^"'`]+)""", script))


def plugin_faults(app: dict[str, Any], asked: set[str]) -> Iterator[str]:
    """Sentences: what ``app.json`` names that is not known, not whole or not used, and what is used without a name there."""
    parts = app.get("subPackages", []) + app.get("subpackages", [])
    named: dict[str, Any] = {}
    for place in (app, *parts):
        named |= place.get("plugins", {})
    for name, said in named.items():
        if said.get("provider") != PROVIDERS.get(name):
            yield f"app.json：插件 {name}（{said.get('provider')}）不是这个服务用的，它的代码会在我们的页面里运行"
        if not VERSION.fullmatch(str(said.get("version"))):
            yield f"app.json：插件 {name} 的版本 {said.get('version')} 不是固定的版本号"
    yield from (f"app.json：插件 {one} 没有用到，会白白下载" for one in sorted(named.keys() - asked))
    yield from (f"用到插件 {one}，app.json 的 plugins 里没有它" for one in sorted(asked - named.keys()))
