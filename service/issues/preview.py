"""Before sending: a category suggested by the district's model and keywords, similar open issues, danger, and warnings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from service.classification import serving
from service.classification.suggestion import Suggestion, suggest
from service.issues import similar
from service.issues.case import rules_of
from service.issues.content_check import needs_review, sounds_urgent
from service.issues.deadlines import Rules
from service.issues.similar import Known
from service.masking import redact
from service.parameters import queries as parameters
from service.stations.models import Station

EMERGENCY_ADVICE = (
    "您描述的情况可能危及人身安全，请先拨打下面的电话。代表和联络站不是应急救援力量，在这里提交不能代替报警。"
)


@dataclass(frozen=True, slots=True)
class Preview:
    category: Suggestion | None
    similar: list[similar.Similar]
    urgent: bool
    warnings: list[str]
    known: list[Known] = field(default_factory=list)
    """Instead of ``similar``, for station staff."""


def look(session: Session, *, station: Station, text: str, now: dt.datetime, grid_id: str | None = None) -> Preview:
    """Nothing is stored; never in the way: an empty suggestion is a fine answer."""
    rules = rules_of(session, station.district_id, now=now)
    return Preview(
        category=suggested(session, station.district_id, text, rules, now=now)[0],
        similar=similar.find(session, station_id=station.id, text=text, now=now, grid_id=grid_id),
        urgent=sounds_urgent(text, rules),
        warnings=_warnings(text, bool(needs_review(text, rules))),
    )


def at_the_counter(
    session: Session, *, station: Station, text: str, now: dt.datetime, grid_id: str | None = None
) -> Preview:
    """The same for a clerk who types what somebody says, with the station's own open issues by number."""
    rules = rules_of(session, station.district_id, now=now)
    return Preview(
        category=suggested(session, station.district_id, text, rules, now=now)[0],
        similar=[],
        urgent=sounds_urgent(text, rules),
        warnings=_warnings(text, bool(needs_review(text, rules))),
        known=similar.find_known(session, station_id=station.id, text=text, now=now, grid_id=grid_id),
    )


def suggested(
    session: Session, district_id: str, text: str, rules: Rules, *, now: dt.datetime, explained: bool = False
) -> tuple[Suggestion | None, int | None]:
    """What the text is about, and the version of the model that was asked (None: keywords alone)."""
    served = serving.current(session, district_id, now=now)
    categories = parameters.usable_categories(session, district_id, at=now)
    least = rules.number("category.suggest_percent")
    found = suggest(text, categories, served.model, least=least, explained=explained)
    return found, served.version if served.model is not None else None


def _warnings(text: str, doubtful: bool) -> list[str]:
    found = []
    if redact(text) != text:
        found.append("文字里有电话、证件号、门牌等个人信息，建议删去；联系方式和具体地点请填在单独的栏目里。")
    if doubtful:
        found.append("文字里有需要人工确认的词语，提交后会先由工作人员审核。")
    return found
