"""The built mini-program, looked at as files: by our validator, and by Tencent's compilers (docs/miniprogram.md)."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from devkit import wechat_compilers
from devkit.client import build
from devkit.mp_package import MiniProgram, ignored_selectors, strange_hosts
from devkit.mp_plugins import plugin_faults, required, speech_version
from devkit.terminal import PROJECT_ROOT, CommandFailed
from devkit.wechat_compilers import CannotRun, compiled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def built() -> Path:
    return build("mp-weixin")


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "package"))


def test_nothing_is_known_that_wechat_would_miss_ignore_or_refuse(built: Path) -> None:
    package = MiniProgram(built)
    assert len(package.pages) >= 10
    assert package.faults() == []


def test_tencents_compilers_take_every_template_and_every_style(built: Path) -> None:
    assert compiled(built) == []


def test_what_the_code_takes_from_a_phone_is_named_where_an_operator_declares_it(built: Path) -> None:
    guide = (PROJECT_ROOT / "docs" / "miniprogram.md").read_text("utf-8")
    assert [one for one in MiniProgram(built).to_declare() if one not in guide] == []


def test_a_plugin_is_named_exactly_where_an_operator_set_it(built: Path) -> None:
    package = MiniProgram(built)
    wanted = {"WechatSI"} if speech_version() else set()
    assert package.plugins == set(package.app.get("plugins", {})) == wanted
    assert ("麦克风" in package.to_declare()) is bool(wanted)


def test_of_plugins_only_wechats_own_for_speech_is_taken_whole_and_used() -> None:
    fitting = {"WechatSI": {"version": "0.3.6", "provider": "wx069ba97219f66d99"}}
    asked = required('const a = requirePlugin("WechatSI"), b = requirePlugins("Other")')
    assert asked == {"WechatSI"}
    assert list(plugin_faults({"plugins": fitting}, asked)) == []
    assert list(plugin_faults({"subPackages": [{"plugins": fitting}]}, asked)) == []
    for app, asks, expected in (
        ({"plugins": {"WechatSI": {"version": "0.3.6", "provider": "wx1"}}}, asked, "不是这个服务用的"),
        ({"plugins": fitting | {"Ads": {"version": "1.0.0", "provider": "wx2"}}}, {*asked, "Ads"}, "插件 Ads"),
        ({"plugins": {"WechatSI": fitting["WechatSI"] | {"version": "latest"}}}, asked, "不是固定的版本号"),
        ({"plugins": fitting}, set[str](), "没有用到"),
        ({}, asked, "plugins 里没有它"),
    ):
        (fault,) = plugin_faults(app, asks)
        assert expected in fault


def test_a_version_that_is_none_is_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_SI", "0.3.6")
    assert speech_version() == "0.3.6"
    monkeypatch.setenv("WECHAT_SI", "1")
    with pytest.raises(CommandFailed, match="版本号"):
        speech_version()


def test_the_mini_program_names_roles_as_wechat_does(built: Path) -> None:
    templates = [path.read_text("utf-8") for path in built.rglob("*.wxml")]
    assert any('aria-role="button"' in text for text in templates)
    assert [text for text in templates if re.search(r"\srole=", text)] == []


def test_the_h5_names_no_host_of_somebody_else() -> None:
    """Names of standards and a documentation address in a message are no requests; a picture or script would be."""
    assert strange_hosts(build("h5")) == []


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_the_validator_sees_what_is_planted(copy: Path) -> None:
    app = json.loads((copy / "app.json").read_text("utf-8"))
    app["pages"].append("pages/nowhere/index")
    app["window"]["navigationBarTextStyle"] = "@nobody"
    (copy / "app.json").write_text(json.dumps(app | {"__usePrivacyCheck__": False}), "utf-8")
    _append(
        copy / "kit/AppCard.wxml", '<rubber-duck bind="a" bind="b"/><view wx:for="{{a}}" wx:for-item="f"><text></view>'
    )
    _append(copy / "kit/AppCard.wxss", '@media print{view{color:red}}.a #b{top:0}@import "./none.wxss";')
    _append(
        copy / "app.js",
        'require("./none.js"),wx.chooseAddress({}),"https://cdn.example.com/x.png",wx.preloadAssets({})',
    )
    (copy / "common/heavy.bin").write_bytes(bytes(400 * 1024))
    said = "\n".join(MiniProgram(copy).faults())
    for expected in (
        "页面 pages/nowhere/index 缺少 .js",
        "light 里没有 @nobody",
        "没有 __usePrivacyCheck__",
        "微信不认识标签 <rubber-duck>",
        "属性 bind 写了两次",
        "循环变量 f 太短",
        "</view> 没有开始",
        "<text> 没有结束",
        "选择器 view",
        "选择器 .a #b",
        "缺少样式文件 ./none.wxss",
        "app.js：缺少 ./none.js",
        "用到 wx.chooseAddress，requiredPrivateInfos 里没有它",
        "别家的地址 https://cdn.example.com",
        "预取图片",
        "最多 400 KB",
    ):
        assert expected in said, said


def test_in_components_only_classes_count() -> None:
    taken = ".a .b>.c::before{top:0}.d:not(.e),.f:nth-child(2n+1){top:0}@keyframes x{from{top:0}50%{top:1px}}"
    assert ignored_selectors(taken) == []
    assert ignored_selectors(".a text,.b[x],#c,*{top:0}") == [".a text", ".b[x]", "#c", "*"]


def test_the_compilers_refuse_what_is_planted(copy: Path) -> None:
    _append(copy / "kit/AppCell.wxss", "view{color:red}")
    assert any("not allowed in component wxss" in fault and "AppCell" in fault for fault in compiled(copy))
    _append(copy / "kit/AppCard.wxml", "<view>")
    _append(copy / "kit/AppCard.wxss", ".a{color:red")
    said = "\n".join(compiled(copy))
    assert "wcc：kit/AppCard.wxml" in said and "wcsc：ERR: kit/AppCard.wxss" in said


def test_where_the_compilers_cannot_run_their_name_is_said(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another_machine = tmp_path / "wcc"
    of_another_machine.write_bytes(b"\x7fELF of somebody else")
    monkeypatch.setattr(wechat_compilers, "WCC", of_another_machine)
    with pytest.raises(CannotRun, match="wcc 在这台机器上不能运行"):
        compiled(built)
