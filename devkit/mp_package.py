"""The built mini-program read without WeChat: what would be missing, ignored or refused there, found in its files."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from devkit.mp_plugins import SPEECH, plugin_faults, required

OURS, WECHATS = 400 * 1024, 2048 * 1024
"""The most a main package may weigh: what we ask of ourselves, and where WeChat refuses it (client.md)."""
SHORTEST_ALIAS = 3
"""uni-app names what it generates a, b … z, then two letters: a shorter loop name hides one of them."""
WORD = re.compile(r"[\w-]+")
BUILT_IN = frozenset(
    WORD.findall("""
    view text image icon input textarea picker picker-view picker-view-column button checkbox checkbox-group radio
    radio-group switch slider form label progress rich-text scroll-view swiper swiper-item movable-area movable-view
    cover-view cover-image navigator canvas video audio camera map web-view page-meta navigation-bar page-container
    open-data official-account editor match-media block slot template import include wxs
    """)
)
LOCATION = frozenset(
    WORD.findall("""
    getFuzzyLocation getLocation onLocationChange startLocationUpdate startLocationUpdateBackground chooseLocation
    choosePoi chooseAddress
    """)
)
"""Must stand in app.json (developers.weixin.qq.com/community/develop/doc/000a02f2c5026891650e7f40351c01)."""
DECLARED_AS = {
    "chooseMedia": "选中的照片或视频信息",
    "chooseImage": "选中的照片或视频信息",
    "chooseVideo": "选中的照片或视频信息",
    "saveImageToPhotosAlbum": "相册（仅写入）",
    "saveVideoToPhotosAlbum": "相册（仅写入）",
    "getLocation": "位置信息",
    "getFuzzyLocation": "位置信息",
    "startLocationUpdate": "位置信息",
    "chooseLocation": "选择的位置信息",
    "choosePoi": "选择的位置信息",
    "chooseAddress": "地址",
    "startRecord": "麦克风",
    "getRecorderManager": "麦克风",
    "createCameraContext": "摄像头",
    "chooseMessageFile": "选中的文件",
    "getClipboardData": "剪切板",
    "setClipboardData": "剪切板",
    "addPhoneContact": "通讯录（仅写入）",
    "addPhoneCalendar": "日历（仅写入）",
    "getWeRunData": "微信运动步数",
}
"""What the 用户隐私保护指引 calls what an interface takes (…/framework/user-privacy/miniprogram-intro.html)."""
KNOWN_HOSTS = re.compile(
    r"https?://(www\.w3\.org|127\.0\.0\.1|uniapp\.dcloud\.(net\.cn|io)|HOST|vuejs\.org|github\.com|ask\.dcloud\.net\.cn)$"
)
"""Names of standards, and of documentation in messages: never asked for anything."""
TEXTS = (".js", ".css", ".html", ".wxss", ".wxml", ".wxs", ".json")


def strange_hosts(folder: Path, *ours: str) -> list[str]:
    """Hosts of somebody else named in a build's files; ``ours``: origins that may stand there."""
    named = {
        (path.relative_to(folder).as_posix(), match)
        for path in folder.rglob("*")
        if path.suffix in TEXTS
        for match in re.findall(r"https?://[\w.-]+", path.read_text("utf-8"))
        if not KNOWN_HOSTS.match(match) and not any(origin.startswith(match) for origin in ours)
    }
    return [f"{name}：写着别家的地址 {match}" for name, match in sorted(named)]


@dataclass(frozen=True)
class Tag:
    """One element of a template, its attributes as written."""

    name: str
    attributes: dict[str, str]


class _Template(HTMLParser):
    """The elements of one wxml file, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.tags: list[Tag] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{name}> 没有结束" for name in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}))
        twice = sorted(name for name, times in Counter(name for name, _ in attrs).items() if times > 1)
        self.faults += [f"<{tag}> 的属性 {name} 写了两次，只有一个算数" for name in twice]

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> 没有开始")


@dataclass(frozen=True)
class MiniProgram:
    """A folder that WeChat's tools would open; ``origin`` is where it finds the service."""

    folder: Path
    origin: str = ""
    _kept: dict[str, str] = field(default_factory=dict, compare=False)

    def faults(self) -> list[str]:
        """Sentences, one for each thing WeChat would miss, ignore or refuse; empty when nothing is known to be wrong."""
        found = [*self._pages(), *self._scripts(), *self._sizes(), *self._declarations(), *self._theme()]
        found += plugin_faults(self.app, self.plugins)
        for name in self._named(".wxml"):
            found += [f"{name}：{fault}" for fault in self._template(name)]
        for name in self._named(".wxss"):
            found += [f"{name}：{fault}" for fault in self._styles(name)]
        found += [f"{name}：预取图片（wx.preloadAssets），地址不是我们的" for name in self._preloading()]
        return [*found, *strange_hosts(self.folder, self.origin)]

    def to_declare(self) -> list[str]:
        """What the 用户隐私保护指引 in the platform's console has to name, because the code asks for it."""
        by_plugins = {"麦克风"} if SPEECH in self.plugins else set()
        return sorted({DECLARED_AS[one] for one in self.interfaces if one in DECLARED_AS} | by_plugins)

    @cached_property
    def app(self) -> dict[str, Any]:
        found: dict[str, Any] = self._json("app.json")
        return found

    @cached_property
    def pages(self) -> list[str]:
        """Pages of the main package and of its parts."""
        parts = self.app.get("subPackages", []) + self.app.get("subpackages", [])
        return [*self.app["pages"], *(posixpath.join(one["root"], page) for one in parts for page in one["pages"])]

    @cached_property
    def interfaces(self) -> set[str]:
        """The ``wx.…`` our own code calls; the framework's file mentions many it never calls."""
        own = [name for name in self._named(".js") if name != "common/vendor.js"]
        return {match for name in own for match in re.findall(r"\b(?:wx|\w+\.index)\.(\w+)", self._text(name))}

    @cached_property
    def plugins(self) -> set[str]:
        """The plugins the code asks for by name."""
        return {one for name in self._named(".js") for one in required(self._text(name))}

    def sizes(self) -> dict[str, int]:
        """Bytes of the main package (``""``) and of each part by its root."""
        parts = self.app.get("subPackages", []) + self.app.get("subpackages", [])
        total = {"": 0} | {one["root"].strip("/"): 0 for one in parts}
        for name in self._named(""):
            root = next((root for root in total if root and name.startswith(f"{root}/")), "")
            total[root] += (self.folder / name).stat().st_size
        return total

    def _named(self, ending: str) -> list[str]:
        return sorted(
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob(f"*{ending}") if path.is_file()
        )

    def _text(self, name: str) -> str:
        if name not in self._kept:
            self._kept[name] = (self.folder / name).read_text("utf-8")
        return self._kept[name]

    def _json(self, name: str) -> Any:
        return json.loads(self._text(name))

    def _there(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def _pages(self) -> Iterator[str]:
        for page in self.pages:
            for ending in (".js", ".json", ".wxml"):
                if not self._there(page + ending):
                    yield f"app.json：页面 {page} 缺少 {ending} 文件"
        for name in self._named(".wxml"):
            own = name.removesuffix(".wxml")
            if own not in self.pages and not self._is_component(own):
                yield f"{name}：不是组件，app.json 里也没有这个页面"

    def _is_component(self, path: str) -> bool:
        return self._there(f"{path}.json") and self._json(f"{path}.json").get("component") is True

    def _components(self, path: str) -> dict[str, str]:
        """The components a page or component names, with where they stand."""
        named = self.app.get("usingComponents", {})
        own = self._json(f"{path}.json").get("usingComponents", {}) if self._there(f"{path}.json") else {}
        return {tag: _resolved("app", at) for tag, at in named.items()} | {
            tag: _resolved(path, at) for tag, at in own.items()
        }

    def _template(self, name: str) -> Iterator[str]:
        template, path = _Template(self._text(name)), name.removesuffix(".wxml")
        yield from template.faults
        components = self._components(path)
        for name_of, at in components.items():
            if not self._is_component(at) or not all(self._there(at + end) for end in (".js", ".wxml")):
                yield f"组件 <{name_of}> 的文件不完整：{at}"
        for tag in template.tags:
            if tag.name not in BUILT_IN and tag.name not in components:
                yield f"微信不认识标签 <{tag.name}>"
            yield from self._loop(tag)
            at = tag.attributes.get("src", "")
            fixed = at and "{{" not in at and not at.startswith(("data:", "https://"))
            if fixed and not self._there(_resolved(path, at)):
                yield f"缺少文件 {at}"

    def _loop(self, tag: Tag) -> Iterator[str]:
        for name in ("wx:for-item", "wx:for-index"):
            alias = tag.attributes.get(name, "item")
            if "wx:for" in tag.attributes and len(alias) < SHORTEST_ALIAS:
                yield f"循环变量 {alias} 太短：会盖住框架自己的变量，至少 {SHORTEST_ALIAS} 个字母"

    def _styles(self, name: str) -> Iterator[str]:
        text = re.sub(r"/\*.*?\*/", "", self._text(name), flags=re.DOTALL)
        for at in re.findall(r"""@import\s+["']([^"']+)["']""", text):
            if not self._there(_resolved(name, at)):
                yield f"缺少样式文件 {at}"
        for at in re.findall(r"""url\(\s*["']?([^"')]+)""", text):
            if not at.startswith(("data:", "https://")):
                yield f"样式里不能引用本地文件 {at}"
        if self._is_component(name.removesuffix(".wxss")):
            yield from (f"组件里微信不理会选择器 {one}（只用类）" for one in ignored_selectors(text))

    def _scripts(self) -> Iterator[str]:
        for name in self._named(".js"):
            for at in re.findall(r"""\brequire\(["'](\.[^"']+)["']\)""", self._text(name)):
                wanted = _resolved(name, at)
                if not self._there(wanted) and not self._there(f"{wanted}.js"):
                    yield f"{name}：缺少 {at}"

    def _sizes(self) -> Iterator[str]:
        for root, size in self.sizes().items():
            most = WECHATS if root else OURS
            if size > most:
                yield f"{root or '主包'}有 {size // 1024} KB，最多 {most // 1024} KB（微信的上限是 {WECHATS // 1024} KB）"

    def _declarations(self) -> Iterator[str]:
        if not self.app.get("__usePrivacyCheck__"):
            yield "app.json：没有 __usePrivacyCheck__，微信不会先问用户是否同意隐私指引"
        declared = set(self.app.get("requiredPrivateInfos", []))
        used = self.interfaces & LOCATION
        yield from (f"app.json：用到 wx.{one}，requiredPrivateInfos 里没有它" for one in sorted(used - declared))
        yield from (f"app.json：requiredPrivateInfos 里的 {one} 没有用到" for one in sorted(declared - used))
        if "getLocation" in used and "scope.userLocation" not in self.app.get("permission", {}):
            yield "app.json：用到 wx.getLocation，permission 里没有说明 scope.userLocation 的用途"

    def _preloading(self) -> list[str]:
        """The framework spells a vendor's host in numbers there, so that no search for addresses finds it."""
        return [name for name in self._named(".js") if "preloadAssets" in self._text(name)]

    def _theme(self) -> Iterator[str]:
        """Every ``@name`` of the window is a colour in both halves of the theme file."""
        at = self.app.get("themeLocation", "")
        if self.app.get("darkmode") and not self._there(at or "-"):
            yield "app.json：打开了 darkmode，没有 themeLocation 的文件"
            return
        theme = self._json(at) if at else {}
        for value in self.app.get("window", {}).values():
            for mode in ("light", "dark"):
                if str(value).startswith("@") and value[1:] not in theme.get(mode, {}):
                    yield f"{at}：{mode} 里没有 {value}"


def ignored_selectors(styles: str) -> list[str]:
    """Those with a tag, an id, an attribute or ``*`` in them: in a component WeChat does not apply them (client.md)."""
    styles = re.sub(r"@(?:-\w+-)?keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", styles)
    lists = [one.strip() for one in re.findall(r"([^{}]+)\{", styles)]
    selectors = [one.strip() for some in lists if not some.startswith("@") for one in some.split(",")]
    return [one for one in selectors if re.sub(r"::?[\w-]+(\([^)]*\))?|\.[\w-]+|[>+~\s]", "", one)]


def _resolved(of: str, at: str) -> str:
    """A path as WeChat reads it: from the package's root, or from beside the file that names it."""
    return at.lstrip("/") if at.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(of), at))
