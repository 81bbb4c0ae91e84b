"""The first look: what is refused, with which sentence, and that ordinary photos of phones are not."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from service.errors import Invalid
from service.uploads.inspection import inspect
from service.uploads.pictures import make_copies
from tests.uploads import album


@pytest.mark.parametrize("name", album.HOSTILE)
def test_what_is_no_ordinary_photo_is_refused_with_a_sentence(name: str) -> None:
    data, file_name, words = album.HOSTILE[name]
    with pytest.raises(Invalid) as refused:
        inspect(data, file_name=file_name)
    assert words in refused.value.fields["file"]


@pytest.mark.parametrize("name", album.GOOD)
def test_photos_as_phones_take_them_pass_and_the_size_of_the_copy_is_known(name: str) -> None:
    data, file_name = album.GOOD[name]
    header = inspect(data, file_name=file_name)
    copies = make_copies(data)
    assert (header.width, header.height) == (copies.width, copies.height)


@pytest.mark.parametrize("media_type", ["image/png", "text/html", "image/svg+xml", "application/pdf"])
def test_a_type_that_says_something_else_is_refused(media_type: str) -> None:
    with pytest.raises(Invalid):
        inspect(album.jpeg(), file_name="a.jpg", media_type=media_type)


@pytest.mark.parametrize("media_type", ["", "image/jpeg", "image/jpg", "application/octet-stream"])
def test_a_type_that_says_nothing_or_the_same_is_fine(media_type: str) -> None:
    assert inspect(album.jpeg(), file_name="a.jpg", media_type=media_type).width == 800


@pytest.mark.parametrize("at", range(2, 60))
def test_a_photo_cut_off_anywhere_is_not_taken_for_whole(at: int) -> None:
    for whole in (album.jpeg(), album.png(), album.webp(), album.with_exif()):
        with pytest.raises(Invalid):
            inspect(whole[: len(whole) * at // 61])


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    bomb = album.png_header(30_000, 30_000)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Invalid):
        inspect(bomb)
    spent, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000 and spent < 0.5
