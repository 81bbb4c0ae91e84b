"""A picture as a viewer gets it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from miniprogram_api.schemas import Out
from service.bootstrap import core


def absolute(path: str) -> str:
    """As the mini-program needs it: an <image> knows no base address."""
    return core().settings.public_base_url + path if path.startswith("/") else path


SignedUrl = Annotated[str, AfterValidator(absolute), Field(description="签名链接，一小时内有效，不需要登录")]


class PhotoOut(Out):
    """``detail``: what to tell while ``state`` is not ``ready``."""

    id: str
    url: SignedUrl
    thumbnail_url: SignedUrl
    width: int
    height: int
    state: Literal["processing", "ready", "refused", "delayed", "lost"]
    detail: str | None
