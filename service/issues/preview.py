"""Before sending: a category suggested by the district's keywords, similar open issues, danger, and warnings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.issues import similar
from service.issues.case import rules_of
from service.issues.content_check import needs_review, sounds_urgent
from service.masking import redact
from service.parameters import queries as parameters
from service.stations.models import Station

EMERGENCY_ADVICE = (
    "您描述的情况可能危及人身安全，请先拨打下面的电话。代表和联络站不是应急救援力量，在这里提交不能代替报警。"
)


@dataclass(frozen=True, slots=True)
class SuggestedCategory:
    """``confidence``: share of all keywords found in the text that speak for this category."""

    id: str
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Preview:
    category: SuggestedCategory | None
    similar: list[similar.Similar]
    urgent: bool
    warnings: list[str]


def look(session: Session, *, station: Station, text: str, now: dt.datetime) -> Preview:
    """Nothing is stored; never in the way: an empty suggestion is a fine answer."""
    rules = rules_of(session, station.district_id, now=now)
    return Preview(
        category=_suggest(session, station.district_id, text),
        similar=similar.find(session, station_id=station.id, text=text, now=now) if text.strip() else [],
        urgent=sounds_urgent(text, rules),
        warnings=_warnings(text, bool(needs_review(text, rules))),
    )


def _suggest(session: Session, district_id: str, text: str) -> SuggestedCategory | None:
    hits = [
        (sum(word in text for word in category.keywords), category)
        for category in parameters.categories(session, district_id)
    ]
    total = sum(count for count, _ in hits)
    if not total:
        return None
    count, best = max(hits, key=lambda hit: hit[0])
    return SuggestedCategory(best.id, best.title, round(count / total, 2))


def _warnings(text: str, doubtful: bool) -> list[str]:
    found = []
    if redact(text) != text:
        found.append("文字里有电话、证件号、门牌等个人信息，建议删去；联系方式和具体地点请填在单独的栏目里。")
    if doubtful:
        found.append("文字里有需要人工确认的词语，提交后会先由工作人员审核。")
    return found
