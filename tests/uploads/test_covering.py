"""Black boxes: what they hide is gone from the copy everybody gets, and nobody takes off what others put on."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.uploads.covering import Box, Edition, boxes_of, burn, must_stay
from service.uploads.models import Upload, UploadState
from service.uploads.sweeping import compare
from tests.uploads.album import with_exif

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
FACE, PLATE = Box(10, 10, 30, 20), Box(60, 50, 20, 20)


def test_nothing_of_what_a_box_hides_is_in_either_copy() -> None:
    copies = burn(with_exif(), [FACE])
    for data in (copies.photo, copies.thumbnail):
        picture = Image.open(io.BytesIO(data))
        across, down = picture.width / 100, picture.height / 100
        hidden = picture.crop((int(15 * across), int(15 * down), int(35 * across), int(25 * down)))
        assert max(high for _low, high in hidden.getextrema()) <= 8, "black, but for the encoder's rounding"
        beside = picture.getpixel((int(5 * across), int(5 * down)))
        assert isinstance(beside, tuple) and beside[0] > 150, "the red field beside it stayed"
        assert not picture.getexif() and "exif" not in picture.info
    assert (copies.width, copies.height) == Image.open(io.BytesIO(copies.photo)).size == (800, 600)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ((90, 90, 30, 30), Box(90, 90, 10, 10)),
        ((0, 0, 100, 100), Box(0, 0, 100, 100)),
        ((1.23, 0, 5, 5), Box(1.2, 0, 5, 5)),
    ],
)
def test_a_box_is_cut_off_at_the_edge_and_kept_in_tenths(row: tuple[float, ...], kept: Box) -> None:
    assert boxes_of([row]) == (kept,)


@pytest.mark.parametrize("row", [(100, 0, 10, 10), (10, 10, 0.4, 20), (10, 10, 20, 0)])
def test_a_box_that_hides_nothing_is_refused_by_its_number(row: tuple[float, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        boxes_of([(1, 1, 5, 5), row])
    assert refused.value.fields["boxes"].startswith("第 2 个框")


def test_one_takes_off_only_what_one_has_just_put_on_oneself() -> None:
    recent, long_ago = NOW - dt.timedelta(minutes=5), NOW - dt.timedelta(hours=1)
    since = NOW - dt.timedelta(minutes=10)
    both, one = Edition((FACE, PLATE), "me", recent), Edition((FACE,), "you", long_ago)
    assert must_stay([both, one], account_id="me", since=since) == (FACE,)
    assert must_stay([both], account_id="me", since=since) == ()
    assert must_stay([both, one], account_id="you", since=since) == (FACE, PLATE)
    assert must_stay([Edition((FACE,), "me", long_ago)], account_id="me", since=since) == (FACE,)


def test_the_copy_that_is_shown_is_kept_and_the_one_before_is_swept(session: Session) -> None:
    shown = Upload(id="a" * 26, state=UploadState.READY.value, width=8, height=6, cover_id="c" * 26)
    session.add(shown)
    session.flush()
    names = [f"{kind}/{shown.id}" for kind in ("photo", "thumbnail")]
    names += [f"{kind}/{letter * 26}" for kind in ("covered", "coveredsmall") for letter in "bc"]
    found = compare(session, dict.fromkeys(names, NOW - dt.timedelta(days=1)), now=NOW)
    assert found.strays == [f"covered/{'b' * 26}", f"coveredsmall/{'b' * 26}"]
    assert found.lost == []
