"""Posters to draw: an ordinary one, and the longest the tables allow."""

from __future__ import annotations

import dataclasses

from qr import PosterText

SITE = "https://daibiao.example.gov.cn"
ORDINARY = PosterText(
    district="雁江区",
    township="宝莲街道",
    station="拱城社区人大代表联络站",
    kind="人大代表联络站",
    hours="工作日 9:00–12:00，14:00–17:00",
    address="宝莲街道拱城路88号社区便民服务中心一楼",
    phone="028-26110000",
    url=f"{SITE}/s/GRGTB8FW66",
    site=SITE,
    code="GRGTB8FW66",
    placement="大门",
)
LONGEST = dataclasses.replace(
    ORDINARY,
    township="宝莲街道" * 10,
    station="城东新区人力资源服务产业园区新经济组织新社会组织联合党群服务中心（示范）人大代表联络站" * 2,
    hours="工作日 9:00–12:00，14:00–17:00；周末和法定节假日请先打电话预约，" * 3,
    address="宝莲街道拱城路88号" * 16,
    phone="028-26110000 转 8001 / 8002 / 8",
    placement="门" * 80,
    subject="城东新区2026年度民生实事项目群众意见建议征集活动" * 3 + "（3月1日至3月31日）",
)


def numbered(count: int) -> list[PosterText]:
    """As many posters, each with a code and a name of its own."""
    return [
        dataclasses.replace(
            ORDINARY, station=f"第{number}社区人大代表联络站", url=f"{SITE}/s/{number:09d}Z", code=f"{number:09d}Z"
        )
        for number in range(count)
    ]
