"""Photos of the demo's deputies: drawn figures, plainly nobody, so that a scanned poster shows what a photo looks like.

Only deputies of the stations whose codes are in demo.json get one. At each station the last has none (the first letter
of the name stands there), and the one before waits for the station's look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from devkit.demo.people import DemoDeputy
from devkit.demo.plan import DistrictPlan
from devkit.demo.rows import demo_id, digest
from service.deputies.models import Deputy
from service.uploads.actions import portrait_digest
from service.uploads.models import Upload, UploadState
from service.uploads.pictures import PHOTO_QUALITY, jpeg
from service.uploads.vault import Kind, Vault

SIZE = (320, 400)
"""Pixels: as large as a thumbnail, so both copies are one file."""
_PAPER = ("#dfe9e3", "#e3e6ef", "#efe6dc", "#e9e2ea", "#dfe8ea")
_SKIN = ("#e8c3a0", "#dcb38e", "#f0cfae")
_HAIR = ("#2b2623", "#3d3430", "#6c6763", "#1f2226")
_COAT = ("#33556b", "#5b4a6b", "#4a6150", "#7a4b42", "#3c3f52")
_SMOOTH = 3
"""Drawn so many times larger and shrunk: Pillow's edges are hard."""


def portray(session: Session, plan: DistrictPlan, vault: Vault) -> int:
    """Draw them, keep the copies in ``vault`` and hang them up; how many, none where it has no store. Never commits."""
    drawn = 0
    for person, waits in _sitters(plan):
        upload_id = demo_id("portrait", person.id)
        picture = jpeg(draw(person.id), PHOTO_QUALITY)
        for kind in (Kind.PHOTO, Kind.THUMBNAIL):
            vault.put(kind, upload_id, picture)
        width, height = SIZE
        owner, ready = portrait_digest(person.id), UploadState.READY.value
        session.add(Upload(id=upload_id, state=ready, width=width, height=height, owner_digest=owner))
        deputy = session.get_one(Deputy, person.id)
        deputy.portrait_id, deputy.portrait_waiting_id = (None, upload_id) if waits else (upload_id, None)
        drawn += 1
    session.flush()
    return drawn


def _sitters(plan: DistrictPlan) -> Iterator[tuple[DemoDeputy, bool]]:
    """Each once, and whether the photo still waits for the station."""
    seen: set[str] = set()
    for station in plan.shown:
        people: Sequence[DemoDeputy] = [one for one in plan.rosters[station.id] if one.id not in seen]
        seen.update(one.id for one in people)
        for place, person in enumerate(people[:-1]):
            yield person, place == len(people) - 2


def draw(seed: str) -> Image.Image:
    """Head, hair, shoulders and collar in flat colours: always the same for the same ``seed``, and no face."""
    mix = digest("face", seed)
    width, height = (side * _SMOOTH for side in SIZE)
    picture = Image.new("RGB", (width, height), _PAPER[mix[0] % len(_PAPER)])
    pen = ImageDraw.Draw(picture)
    middle, unit = width // 2, width / 100
    coat, skin, hair = (kinds[mix[place] % len(kinds)] for place, kinds in enumerate((_COAT, _SKIN, _HAIR), start=1))

    def oval(x: float, y: float, across: float, down: float, colour: str) -> None:
        """Around ``x`` right of the middle and ``y`` from the top, in hundredths of the width."""
        box = (x - across) * unit + middle, (y - down) * unit, (x + across) * unit + middle, (y + down) * unit
        pen.ellipse(box, fill=colour)

    if mix[4] % 2:
        oval(0, 54, 23, 30, hair)  # long hair, behind the neck
    oval(0, 122, 42, 38, coat)
    pen.rectangle((middle - 8 * unit, 66 * unit, middle + 8 * unit, 86 * unit), fill=skin)
    pen.polygon([(middle + x * unit, y * unit) for x, y in ((-9, 82), (9, 82), (0, 98))], fill=skin)
    for side in (-1, 1):
        points = [(0, 104), (side * 14, 83), (side * 7, 82), (0, 94)]
        pen.polygon([(middle + x * unit, y * unit) for x, y in points], fill="#f7f6f2")
    oval(0, 39, 20, 21, hair)
    oval(0, 50, 17, 22, skin)
    fringe = 6 + mix[5] % 5
    pen.chord((middle - 18 * unit, 24 * unit, middle + 18 * unit, 62 * unit), 200 - fringe, 340 + fringe, fill=hair)
    if mix[6] % 3 == 0:
        for side in (-1, 1):
            box = (middle + (side * 7.5 - 5) * unit, 47 * unit, middle + (side * 7.5 + 5) * unit, 56 * unit)
            pen.ellipse(box, outline="#3a3a3a", width=round(unit))
        pen.line((middle - 2.5 * unit, 51 * unit, middle + 2.5 * unit, 51 * unit), fill="#3a3a3a", width=round(unit))
    return picture.reduce(_SMOOTH)
