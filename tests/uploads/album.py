"""Pictures made on the spot: good ones as phones take them, and hostile ones as nobody should send them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

from PIL import Image

from service.uploads import heic

HEIC_WRITER = heic
"""Imported for teaching Pillow to write HEIC."""
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
PLACE_OF_HOME = "PHONE-OF-WANG-XIAOHUA"


def scene(size: tuple[int, int] = (800, 600), mode: str = "RGB") -> Image.Image:
    """Four fields of colour, red on the upper left: what was turned or cut shows."""
    picture = Image.new("RGB", size, (20, 20, 200))
    picture.paste((220, 20, 20), (0, 0, size[0] // 2, size[1] // 2))
    picture.paste((20, 200, 20), (size[0] // 2, 0, size[0], size[1] // 2))
    return picture.convert(mode)


def encoded(picture: Image.Image, plugin: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, plugin, **options)
    return buffer.getvalue()


@cache
def jpeg(size: tuple[int, int] = (800, 600)) -> bytes:
    return encoded(scene(size), "JPEG", quality=90)


def with_exif(orientation: int = 6) -> bytes:
    """As a phone writes it: lying on its side, with its make and the place where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = PLACE_OF_HOME
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 7.0, 12.0), 3: "E", 4: (104.0, 38.0, 1.0)})
    return encoded(scene(), "JPEG", exif=exif.tobytes(), comment=PLACE_OF_HOME.encode())


def png(size: tuple[int, int] = (300, 200), mode: str = "RGBA") -> bytes:
    picture = scene(size, mode)
    if mode == "RGBA":
        picture.putalpha(Image.new("L", size, 0))
    return encoded(picture, "PNG")


def webp() -> bytes:
    return encoded(scene(), "WEBP")


def heic_photo() -> bytes:
    return encoded(scene(), "HEIF")


def progressive() -> bytes:
    return encoded(scene(), "JPEG", progressive=True)


def motion_photo() -> bytes:
    """A short video behind the picture, and the maker's own notes behind that (实况照片)."""
    video = (
        struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + struct.pack(">I", 40_008) + b"mdat" + bytes(range(250)) * 160
    )
    return jpeg() + video + b'LIVE_1234567890  vivo{"version":1}SEFT'


def with_preview() -> bytes:
    """A second, smaller JPEG behind the first, as multi-picture phones write it."""
    return jpeg() + bytes(64) + jpeg((160, 120))


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is ``width`` × ``height``."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(4000))) + chunk(b"IEND", b"")
    )


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg_that_says(width: int, height: int) -> bytes:
    """A whole small JPEG whose header claims another size."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("run.class", b"\xca\xfe\xba\xbe")
    return buffer.getvalue()


def animated(plugin: str) -> bytes:
    frames = [scene(), scene().transpose(Image.Transpose.ROTATE_180)]
    return encoded(frames[0], plugin, save_all=True, append_images=frames[1:], duration=100)


GOOD: dict[str, tuple[bytes, str]] = {
    "JPEG": (jpeg(), "IMG_1.jpg"),
    "progressive JPEG": (progressive(), "a.jpeg"),
    "grey JPEG": (encoded(scene(mode="L"), "JPEG"), "a.jpg"),
    "CMYK JPEG": (encoded(scene(mode="CMYK"), "JPEG"), "a.jpg"),
    "JPEG with EXIF": (with_exif(), "IMG_2.JPG"),
    "JPEG and video": (motion_photo(), "MVIMG.jpg"),
    "JPEG and preview": (with_preview(), "a.jpg"),
    "PNG": (png(mode="RGB"), "shot.png"),
    "PNG with alpha": (png(), "shot.png"),
    "PNG with palette": (png(mode="P"), "shot.png"),
    "PNG of 16 bits": (encoded(scene(mode="L").convert("I;16"), "PNG"), "shot.png"),
    "PNG and leftovers": (png(mode="RGB") + bytes(range(256)) * 9, "shot.png"),
    "WebP": (webp(), "a.webp"),
    "HEIC": (heic_photo(), "IMG_3.HEIC"),
    "a name that says nothing": (jpeg(), "blob"),
}

HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "a.jpg", "空"),
    "GIF": (encoded(scene(mode="P"), "GIF"), "a.gif", "动图"),
    "GIF called JPEG": (encoded(scene(mode="P"), "GIF"), "a.jpg", "动图"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a.svg", "不是"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "a.pdf", "不是"),
    "PDF called JPEG": (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "a.jpg", "不是"),
    "HTML": (b"<html><script>alert(1)</script></html>", "a.jpg", "不是"),
    "BMP": (encoded(scene(), "BMP"), "a.bmp", "不是"),
    "TIFF": (encoded(scene(), "TIFF"), "a.tiff", "不是"),
    "AVIF brand": (b"\x00\x00\x00\x1cftypavif" + bytes(600), "a.heic", "不是"),
    "PNG called JPEG": (png(mode="RGB"), "a.jpg", "JPEG"),
    "JPEG called HTML": (jpeg(), "a.html", "HTML"),
    "JPEG and ZIP": (jpeg() + zipped(), "a.jpg", "夹带"),
    "JPEG and HTML": (jpeg() + b"<ScRipt>alert(1)</script>", "a.jpg", "夹带"),
    "JPEG and PDF": (jpeg() + b"%PDF-1.4 ...", "a.jpg", "夹带"),
    "JPEG with a program in its comment": (
        encoded(scene(), "JPEG", comment=b"<?php system($_GET[0]);"),
        "a.jpg",
        "夹带",
    ),
    "JPEG and RAR": (jpeg() + b"Rar!\x1a\x07\x01\x00" + bytes(99), "a.jpg", "夹带"),
    "PNG and HTML": (png(mode="RGB") + b"<html onload=alert(1)>", "a.png", "夹带"),
    "WebP and ZIP": (webp() + zipped(), "a.webp", "夹带"),
    "HEIC and ZIP": (heic_photo() + zipped(), "a.heic", "夹带"),
    "PNG of 30,000²": (png_header(30_000, 30_000), "a.png", "4000 万像素"),
    "PNG of 8,000²": (png_header(8_000, 8_000), "a.png", "4000 万像素"),
    "JPEG of 41 megapixels": (jpeg_that_says(8200, 5000), "a.jpg", "4000 万像素"),
    "animated WebP": (animated("WEBP"), "a.webp", "动图"),
    "animated PNG": (animated("PNG"), "a.png", "动图"),
    "JPEG cut off": (jpeg()[:-400], "a.jpg", "不完整"),
    "JPEG cut off in its header": (jpeg()[:40], "a.jpg", "不完整"),
    "progressive JPEG cut off": (progressive()[:-900], "a.jpg", "不完整"),
    "PNG cut off": (png()[:-20], "a.png", "不完整"),
    "PNG with a wrong checksum": (png_header(30, 30).replace(b"IDATx", b"IDATy"), "a.png", "不完整"),
    "WebP cut off": (webp()[:-100], "a.webp", "不完整"),
    "HEIC cut off": (heic_photo()[:-300], "a.heic", "不完整"),
    "three bytes": (b"\xff\xd8\xff", "a.jpg", "不完整"),
    "over 10 MB": (jpeg() + bytes(10 * 1024 * 1024), "a.jpg", "10 MB"),
}
"""Name → bytes, file name, and a word of the sentence that says what is wrong."""
