"""What the sandbox thinks of a text or a picture: a plain convention, so that anybody can bring about any verdict.

Texts: 沙箱违规 → risky, 沙箱复核 → review, and the few words below. Pictures: one whose average colour is red → risky,
yellow → review; an address with ``sandbox-risky`` or ``sandbox-review`` in it likewise. Everything else passes.
"""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

PASS, REVIEW, RISKY = "pass", "review", "risky"
# Numbers of labels: 100 正常, 10001 广告, 20001 时政, 20002 色情, 20003 辱骂, 20006 违法犯罪, 20008 欺诈, 20012 低俗,
# 20013 版权, 21000 其他 (read in a public library's transcript of the msgSecCheck page).
WORDS: dict[str, tuple[str, int]] = {
    "沙箱违规": (RISKY, 20001),
    "沙箱复核": (REVIEW, 21000),
    "代开发票": (RISKY, 10001),
    "刷单返现": (RISKY, 20008),
    "裸聊": (RISKY, 20002),
    "六合彩": (REVIEW, 20006),
    "加微信领红包": (REVIEW, 10001),
}
STRONG, WEAK = 170, 90


class Verdict(NamedTuple):
    """``keyword``: what decided it, for texts."""

    suggest: str
    label: int
    keyword: str = ""


def judge_text(content: str) -> Verdict:
    """The worst of what it holds."""
    found = [Verdict(suggest, label, word) for word, (suggest, label) in WORDS.items() if word in content]
    found.sort(key=lambda verdict: verdict.suggest != RISKY)
    return found[0] if found else Verdict(PASS, 100)


def judge_picture(address: str, content: bytes) -> Verdict:
    """By its address, else by its average colour. Raises ValueError when it is no picture."""
    if "sandbox-risky" in address:
        return Verdict(RISKY, 20002)
    if "sandbox-review" in address:
        return Verdict(REVIEW, 21000)
    red, green, blue = _average(content)
    if blue > WEAK or red < STRONG:
        return Verdict(PASS, 100)
    if green < WEAK:
        return Verdict(RISKY, 20002)
    return Verdict(REVIEW, 21000) if green > STRONG else Verdict(PASS, 100)


def _average(content: bytes) -> tuple[int, int, int]:
    from PIL import Image  # some 10 MB that a sandbox nobody shows a picture to need not hold

    try:
        with Image.open(BytesIO(content)) as picture:
            pixel = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError("no picture") from error
    if not isinstance(pixel, tuple):
        raise ValueError("no picture")
    return int(pixel[0]), int(pixel[1]), int(pixel[2])
