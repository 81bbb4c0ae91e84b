"""`./dev client --guide`: the pictures of the station's one-page guide, of a running demo instance or one of our own."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyotp
from PIL import Image
from playwright.sync_api import Page, ViewportSize

from devkit.browser import running_browser
from devkit.terminal import PROJECT_ROOT, CommandFailed, complain, say
from devkit.tour.command import temporary_instance

IMAGES = PROJECT_ROOT / "docs" / "images"
SIZE, TALLER = ViewportSize(width=1024, height=520), ViewportSize(width=1024, height=600)
"""Low enough for two of each and the words on one A4 page; what one does with an issue stands further down."""
COLOURS = 64
"""A page of text needs no more, and the file is a third."""
LARGEST = 120 * 1024
SAID = "三组的灌溉渠塌了一段，秧田放不进水，请尽快来看看。"


def take_pictures(data_dir: Path | None) -> list[Path]:
    """``guide-station-….png`` in docs/images, each at most 120 KB.

    :raises CommandFailed: without a browser or a running instance, or when a picture is too large.
    """
    if data_dir is None:
        with temporary_instance() as own:
            return take_pictures(own)
    try:
        notes: dict[str, Any] = json.loads((data_dir / "demo.json").read_text("utf-8"))
    except OSError:
        raise CommandFailed(f"{data_dir} 里没有 demo.json：请先用 ./dev run --data {data_dir} 启动。") from None
    with running_browser() as browser:
        context = browser.new_context(
            viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        return _walk(context.new_page(), notes)


def _walk(page: Page, notes: dict[str, Any]) -> list[Path]:
    _sign_in(page, notes)
    pictures = []
    page.goto(f"{notes['base_url']}/console/issues?box=station")
    page.locator("#counts").get_by_text("件未办结").wait_for()
    pictures.append(_picture(page, "queue"))
    page.get_by_role("table").get_by_role("link").first.click()
    page.set_viewport_size(TALLER)
    page.get_by_role("heading", name="您可以做的").or_(page.get_by_role("heading", name="谁在办")).first.wait_for()
    pictures.append(_picture(page, "issue"))
    page.set_viewport_size(SIZE)
    page.goto(f"{notes['base_url']}/console/counter")
    page.get_by_label("反映的内容").fill(SAID)
    page.locator("#look").get_by_text("类别建议").or_(page.locator("#look").get_by_text("很像")).first.wait_for()
    page.get_by_label("反映的内容").evaluate("(field) => field.scrollIntoView({ block: 'end' })")
    pictures.append(_picture(page, "counter"))
    page.set_viewport_size(TALLER)
    page.goto(f"{notes['base_url']}/console/overview?days=90")
    page.wait_for_load_state("networkidle")
    pictures.append(_picture(page, "figures"))
    return pictures


def _sign_in(page: Page, notes: dict[str, Any]) -> None:
    """The station's head, by password and one-time code."""
    desk = notes["desk"]
    login = next(one["login"] for one in desk["sign_ins"] if one["role"] == "station_head")
    page.goto(f"{notes['base_url']}/console/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(desk["password"])
    page.get_by_label("动态码", exact=True).fill(pyotp.TOTP(desk["totp_secret"]).now())
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="退出").wait_for()


def _picture(page: Page, name: str) -> Path:
    """What is in sight, in few colours."""
    path = IMAGES / f"guide-station-{name}.png"
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise CommandFailed(f"{path.name} 有 {path.stat().st_size} 字节，超过 {LARGEST}。")
    say(f"{path.stat().st_size // 1024:>4} KB  {path}")
    return path


def main(arguments: list[str]) -> int:
    """0 when every picture was taken."""
    parser = argparse.ArgumentParser(prog="./dev client --guide")
    parser.add_argument("--data", type=Path, metavar="DIR")
    try:
        take_pictures(parser.parse_args(arguments).data)
    except CommandFailed as failure:
        complain(str(failure))
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
