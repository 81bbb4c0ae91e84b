"""The copies: upright, small, plain JPEG, and nothing of the phone in them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from service.uploads import encoder
from service.uploads.fitting import LONGEST, THUMBNAIL_LONGEST, fit, plan
from service.uploads.pictures import NotAPicture, make_copies
from tests.uploads import album

CORNERS = {
    1: "red green blue blue", 2: "green red blue blue", 3: "blue blue green red", 4: "blue blue red green",
    5: "red blue green blue", 6: "blue red blue green", 7: "blue green blue red", 8: "green blue red blue",
}  # fmt: skip
"""Upper left, upper right, lower left, lower right of the scene once turned, by EXIF's own definition."""

QUICKLY: dict[str, Any] = {"HEIF": {"enc_params": {"preset": "ultrafast"}}, "PNG": {"compress_level": 1}}
"""How forty megapixels are written, where it would take longer than reading them: reading is what is looked at."""


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def corners(picture: Image.Image) -> str:
    right, bottom = picture.width - 9, picture.height - 9
    pixels = [picture.getpixel(at) for at in ((8, 8), (right, 8), (8, bottom), (right, bottom))]
    return " ".join(("red", "green", "blue")[max(range(3), key=lambda band: pixel[band])] for pixel in pixels)


@pytest.mark.parametrize("orientation", CORNERS)
def test_the_copy_stands_upright(orientation: int) -> None:
    copies = make_copies(album.with_exif(orientation))
    for picture in (opened(copies.photo), opened(copies.thumbnail)):
        assert corners(picture.convert("RGB")) == CORNERS[orientation]
        assert (picture.width > picture.height) is (orientation < 5)


@pytest.mark.parametrize("name", album.GOOD)
def test_nothing_but_the_pixels_is_left(name: str) -> None:
    data, _ = album.GOOD[name]
    copies = make_copies(data)
    for copy in (copies.photo, copies.thumbnail):
        picture = opened(copy)
        picture.load()
        assert picture.format == "JPEG"
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert album.PLACE_OF_HOME.encode() not in copy
        assert copy.rstrip(b"\x00").endswith(b"\xff\xd9"), "nothing behind the picture"


def test_the_photo_used_here_does_carry_a_place() -> None:
    data = album.with_exif()
    assert opened(data).getexif().get_ifd(album.GPS)
    assert data.count(album.PLACE_OF_HOME.encode()) == 2


def test_what_is_transparent_becomes_white() -> None:
    assert opened(make_copies(album.png()).photo).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    half = Image.new("I;16", (40, 40), 32768)
    grey = opened(make_copies(album.encoded(half, "PNG")).photo).convert("L").getpixel((20, 20))
    assert isinstance(grey, int) and 120 <= grey <= 136


@pytest.mark.parametrize(
    "size", [(4032, 3024), (4000, 3000), (3000, 4000), (5000, 3700), (2100, 90), (2048, 2048), (3, 2)]
)
def test_no_side_is_longer_than_allowed_and_proportions_stay(size: tuple[int, int]) -> None:
    copies = make_copies(album.jpeg(size))
    photo, thumbnail = opened(copies.photo), opened(copies.thumbnail)
    assert photo.size == (copies.width, copies.height)
    assert max(photo.size) <= min(LONGEST, max(size)) and max(thumbnail.size) <= THUMBNAIL_LONGEST
    assert max(photo.size) >= min(1600, max(size))
    assert photo.width / photo.height == pytest.approx(size[0] / size[1], rel=0.03)


def test_sizes_never_reach_zero_and_are_never_enlarged() -> None:
    assert fit((40_000, 1), LONGEST) == (2048, 1)
    assert fit((10, 20), LONGEST) == (10, 20)
    for width in range(1, 9000, 37):
        for is_jpeg in (True, False):
            planned = plan((width, 3000), is_jpeg=is_jpeg)
            assert 0 < max(planned.size) <= LONGEST
            assert planned.scale == 1 or max(width, 3000) // planned.scale >= 1600


@pytest.mark.parametrize("data", [b"", b"<svg/>", album.jpeg()[:90], album.png()[:60], album.heic_photo()[:200]])
def test_broken_bytes_are_named_so_and_nothing_else_is_raised(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        make_copies(data)


@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_forty_megapixels_fit_into_what_the_child_may_use(plugin: str) -> None:
    plain = Image.new("RGB" if plugin == "JPEG" else "RGBA", (7300, 5470), (9, 90, 200))
    big = album.encoded(plain, plugin, **QUICKLY.get(plugin, {}))
    copies = encoder.encode(big)
    assert max(copies.width, copies.height) <= LONGEST


def test_the_child_refuses_what_cannot_be_decoded() -> None:
    with pytest.raises(NotAPicture):
        encoder.encode(album.png_header(300, 300))
