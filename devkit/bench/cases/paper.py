"""A batch of posters and a phone's photo, each against what the library alone needs; CPU time of this process."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from statistics import median

from PIL import Image, ImageFilter

from devkit.bench.controls import bare_codes, plain_copy
from devkit.bench.figures import Figure, Reach, ratio_at_most
from devkit.bench.ground import Ground
from devkit.demo.geography import DemoStation
from devkit.demo.plan import DistrictPlan, plan_districts
from qr import PosterText, posters_pdf
from service.uploads.pictures import make_copies

SITE = "https://dbzx.example.gov.cn"
TWELVE_MEGAPIXELS = (4000, 3000)
GRAIN = 0.38
"""How much of the picture is sensor noise: enough for a JPEG of about four megabytes."""


def posters(ground: Ground) -> list[Figure]:
    """Every station and home of the demo district in one PDF."""
    name, reach = "posters", ratio_at_most(3)
    texts = poster_texts(plan_districts()[0])
    urls = [text.url for text in texts]
    words = f"{len(texts)} posters in one PDF; control: qrcode draws the bare codes"
    return [_against(ground, name, lambda: posters_pdf(texts), lambda: bare_codes.draw(urls), reach, words)]


def poster_texts(plan: DistrictPlan) -> list[PosterText]:
    return [_poster_text(plan, station) for station in plan.all_stations]


def _poster_text(plan: DistrictPlan, station: DemoStation) -> PosterText:
    return PosterText(
        district=plan.data.name,
        township=station.township.name,
        station=station.name,
        kind="人大代表联络站",
        hours="周一至周五 9:00–17:00",
        address=f"{station.township.name}便民服务中心一楼",
        phone="028-26000000",
        url=f"{SITE}/s/{station.code}",
        site=SITE,
        code=station.code,
    )


def photo(ground: Ground) -> list[Figure]:
    """A picture as phones take them becomes its two copies."""
    name, reach = "photo", ratio_at_most(1.3)
    data = phone_photo()
    words = f"12 megapixels, {len(data) / 1e6:.1f} MB; control: Pillow decodes and encodes it at full size"
    return [_against(ground, name, lambda: make_copies(data), lambda: plain_copy.copy(data), reach, words)]


def phone_photo() -> bytes:
    """A twelve-megapixel JPEG, always the same: soft shapes as in a street, and the grain of a small sensor."""
    chance = random.Random(20260302)
    small = Image.frombytes("RGB", (40, 30), chance.randbytes(40 * 30 * 3))
    scene = small.resize(TWELVE_MEGAPIXELS, Image.Resampling.BICUBIC)
    width, height = TWELVE_MEGAPIXELS
    grain = Image.frombytes("RGB", TWELVE_MEGAPIXELS, chance.randbytes(width * height * 3))
    picture = Image.blend(scene, grain.filter(ImageFilter.BoxBlur(1)), GRAIN)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def _against(
    ground: Ground, name: str, ours: Callable[[], object], control: Callable[[], object], reach: Reach, words: str
) -> Figure:
    for run in (ours, control):
        run()  # fonts are read, tables are built
    found = [(_cpu(ours), _cpu(control)) for _ in range(ground.options.rounds)]
    mine, its = (median(one[place] for one in found) for place in (0, 1))
    return Figure(name, mine, "s CPU", its, median(a / b for a, b in found), reach, words)


def _cpu(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before
