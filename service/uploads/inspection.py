"""A first look at received bytes, inside the request: length, kind, size in pixels, whole or cut off, nothing else inside.

Nothing is decoded here. What is refused is refused with a sentence; what passes is still only trusted by the process
that may die of it (:mod:`.encoder`).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from service.errors import Invalid
from service.uploads import endings
from service.uploads.fitting import plan, upright
from service.uploads.formats import DECODING_FAULTS, Format, format_of, opened, orientation

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
FIELD = "file"

EMPTY = "这个文件是空的，请重新选择照片。"
TOO_LONG = "照片超过 10 MB，请在手机相册里压缩或截图后再传。"
TOO_LARGE = "照片超过 4000 万像素，请在手机相册里缩小后再传。"
NOT_TAKEN = "只能上传 JPEG、PNG、WebP 或 HEIC 照片，这个文件不是。请换一张照片，或截图后再传。"
ANIMATED = "不能上传动图，请截图后再传。"
CUT_OFF = "照片不完整，可能没有传完或已经损坏，请重新选择后再传。"
MIXED = "这张照片里夹带了其他文件或程序，为了安全不能上传。请截图后再传。"
MISNAMED = "文件名或类型写的是 {named}，内容却是 {found}。请在手机相册里重新保存，或截图后再传。"

_SMUGGLED = (
    re.compile(rb"<(?:script|html|!doctype|svg|iframe|\?php)", re.IGNORECASE),
    re.compile(rb"%pdf-", re.IGNORECASE),
    re.compile(rb"__halt_compiler", re.IGNORECASE),
    re.compile(rb"Rar!\x1a\x07"),
    re.compile(rb"7z\xbc\xaf\x27\x1c"),
)
"""What another program would look for anywhere in a file. None of it stands in what phones append (a second JPEG, a
short video, the maker's own notes), so those pass, and fall away when the picture is encoded afresh. One pattern each:
with a first byte of its own, which has no other case, each takes 2 ms for 4.5 MB; all in one take 75."""
_NAMED = {
    "jpg": Format.JPEG, "jpeg": Format.JPEG, "jpe": Format.JPEG, "jfif": Format.JPEG, "pjpeg": Format.JPEG,
    "png": Format.PNG, "webp": Format.WEBP, "heic": Format.HEIC, "heif": Format.HEIC,
}  # fmt: skip
_OTHER_KINDS = frozenset({"gif", "svg", "pdf", "html", "htm", "bmp", "tif", "tiff", "avif", "exe", "zip", "mp4", "js"})


@dataclass(frozen=True, slots=True)
class Header:
    """What the first look found; ``width`` and ``height`` are those of the copy to come, upright."""

    format: Format
    width: int
    height: int


def inspect(data: bytes, *, file_name: str = "", media_type: str = "") -> Header:
    """Look at received bytes before anything decodes them.

    :raises Invalid: with a sentence that says what to do instead.
    """
    _refuse(not data, EMPTY)
    _refuse(len(data) > MAX_BYTES, TOO_LONG)
    found = format_of(data)
    if found is None:
        raise _invalid(ANIMATED if data[:4] == b"GIF8" else NOT_TAKEN)
    _check_names(found, file_name, media_type)
    header = _read_header(data, found)
    _refuse(endings.end_of(data, found) is None, CUT_OFF)
    _refuse(_carries_something_else(data), MIXED)
    return header


def _check_names(found: Format, file_name: str, media_type: str) -> None:
    """A name that says something else is no accident worth guessing about; one that says nothing is fine."""
    extension = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    subtype = media_type.rpartition("/")[2].partition(";")[0].partition("+")[0].strip().lower()
    for named in (extension, subtype):
        other = _NAMED.get(named)
        if (other is not None and other is not found) or named in _OTHER_KINDS:
            raise _invalid(MISNAMED.format(named=other or named.upper(), found=found))


def _read_header(data: bytes, found: Format) -> Header:
    try:
        with opened(data, found) as image:
            width, height = image.size
            _refuse(width * height > MAX_PIXELS, TOO_LARGE)
            moving = found in (Format.PNG, Format.WEBP) and getattr(image, "is_animated", False)
            _refuse(moving, ANIMATED)
            size = upright(plan(image.size, is_jpeg=found is Format.JPEG).size, orientation(image))
        _verify(data, found)
    except (*DECODING_FAULTS, struct.error, zlib.error):
        raise _invalid(CUT_OFF) from None
    return Header(found, *size)


def _verify(data: bytes, found: Format) -> None:
    """PNG carries checksums, which cost nothing to compare; the other formats have none."""
    if found is Format.PNG:
        with opened(data, found) as image:
            image.verify()


def _carries_something_else(data: bytes) -> bool:
    archive = data[257:262] == b"ustar" or zipfile.is_zipfile(io.BytesIO(data))
    return archive or any(pattern.search(data) for pattern in _SMUGGLED)


def _refuse(fault: bool, sentence: str) -> None:
    if fault:
        raise _invalid(sentence)


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, fields={FIELD: sentence})
