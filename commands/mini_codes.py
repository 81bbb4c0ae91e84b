"""Mini-program codes for paper: fetched while the operator waits, and once more where it did not work."""

from __future__ import annotations

from collections.abc import Sequence

import click
import sqlalchemy as sa

from qr import Reading
from service.bootstrap import core
from service.db import db
from service.stations import mini_codes
from service.stations.models import ScanCode
from workers.mini_codes import fetch_next


def mini_pictures(codes: Sequence[str]) -> dict[str, bytes]:
    """Code → the picture of its mini-program code. Those missing are fetched from WeChat now.

    :raises ClickException: naming each that is not there, with the reason: a file of posters is whole or not at all.
    """
    session, version = db.session(), core().settings.miniprogram_state
    rows = session.scalars(sa.select(ScanCode).where(ScanCode.code.in_(codes))).all()
    mini_codes.want(session, rows, version=version, now=core().clock())
    session.commit()
    for _ in codes:
        if not fetch_next(core().wechat, core().clock):
            break
    session = db.session()
    found = mini_codes.pictures(session, codes, version=version)
    lacking = [code for code in codes if code not in found]
    if lacking:
        why = mini_codes.of_codes(session, lacking, version=version)
        lines = (
            f"{code}：{why[code].last_error or mini_codes.SENTENCES[mini_codes.MiniState.WANTED]}" for code in lacking
        )
        raise click.ClickException("没有写出海报，有小程序码没有取到：\n" + "\n".join(lines))
    unread = sum(reading != Reading.READ for _, reading in found.values())
    if unread:
        click.echo(f"⚠ 有 {unread} 个小程序码没有程序能读：请先印一张，用手机微信扫过再张贴。")
    return {code: picture for code, (picture, _) in found.items()}
