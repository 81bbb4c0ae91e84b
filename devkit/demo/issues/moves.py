"""The steps a story is made of: who takes each, after how long, and with which words; one table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from devkit.demo.issues.cast import Cast
from devkit.demo.issues.telling import Teller
from service.accounts.roles import Actor, Role
from service.calendar.workdays import local_date
from service.deputies import queries as deputies
from service.deputies.mandates import Level
from service.issues.lifecycle import Action
from service.issues.models import Issue, IssueDecision

RESIDENT = frozenset({"owner", "follower"})


@dataclass
class Scene:
    """One step about to be taken. ``argument``: what stood behind the colon in the plot."""

    session: Session
    cast: Cast
    teller: Teller
    issue: Issue
    now: dt.datetime
    argument: str
    target_id: str | None = None
    owner: Actor | None = None
    follower: Actor | None = None
    rating_code: str = ""
    decision: IssueDecision | None = None

    def words(self, name: str, **more: str) -> str:
        return self.teller.phrase(name, self.now, **more)

    def told(self, field: str) -> str:
        """A reply with its unit and days filled in."""
        unit = next((unit.name for unit in self.cast.plan.units if unit.id == self.issue.unit_id), "相关单位")
        return self.teller.reply(field, self.now, unit)


Values = Callable[[Scene], Mapping[str, Any]]


@dataclass(frozen=True)
class Move:
    """``hours``: how long after the step before, from–to."""

    who: str
    action: Action | None
    hours: tuple[float, float]
    values: Values = lambda scene: {}


def _said(name: str, field: str = "reason") -> Values:
    return lambda scene: {field: scene.words(name)}


def _maybe(name: str) -> Values:
    def values(scene: Scene) -> Mapping[str, Any]:
        words = scene.words(name)
        return {"reason": words} if words else {}

    return values


def _assigned(scene: Scene) -> Mapping[str, Any]:
    matter, cast, township = scene.teller.matter, scene.cast, scene.issue.township_code
    unit = cast.unit(township, matter.unit)
    if unit.id == scene.issue.about_id:
        unit = next(other for other in cast.plan.units if other.township_code == township and other is not unit)
    values: dict[str, Any] = {"unit_id": unit.id, "reason": scene.words("assign")}
    if scene.argument:
        values["difficulty"] = scene.argument.removesuffix("+")
    if scene.argument.endswith("+"):
        helper = cast.unit(township, "综合执法队" if not unit.name.endswith("综合执法队") else "城建办")
        values["co_unit_ids"] = [helper.id]
    return values


def _assigned_by_district(scene: Scene) -> Mapping[str, Any]:
    unit = scene.cast.unit(None, scene.teller.matter.district)
    return {"unit_id": unit.id, "difficulty": "COMPLEX", "reason": scene.words("assign")}


def _proposed(scene: Scene) -> Mapping[str, Any]:
    unit = scene.cast.unit(scene.issue.township_code, scene.teller.matter.unit)
    return {"unit_id": unit.id, "reason": scene.words("propose")}


def _result(scene: Scene, text: str) -> Mapping[str, Any]:
    """What the unit did, when and by whom; never before the matter came in."""
    person = scene.teller.rng.choice("周吴郑王陈刘杨罗邓唐") + scene.teller.rng.choice(("工", "师傅", "主任", "队长"))
    done = local_date(scene.now) - dt.timedelta(days=scene.teller.rng.choice((0, 0, 1)))
    return {"text": text, "done_on": max(done, local_date(scene.issue.created_at)).isoformat(), "person": person}


def _planned(scene: Scene) -> Mapping[str, Any]:
    """Far enough ahead to lie in the future still, or in as many days as the plot says."""
    days = int(scene.argument) if scene.argument else scene.teller.rng.randint(45, 150)
    day = local_date(scene.now) + dt.timedelta(days=days)
    return {"plan_date": day.isoformat(), "reason": scene.words("plan_reason", plan=f"{day.month}月底")}


def _escalated(scene: Scene) -> Mapping[str, Any]:
    session, issue, today = scene.session, scene.issue, local_date(scene.now)
    own = min(deputies.levels_of(session, str(issue.deputy_id), on=today), key=list(Level).index, default=Level.TOWN)
    ids = sorted(
        deputy_id for deputy_id, _ in deputies.higher_deputies(session, issue.district_id, above=own, on=today)
    )
    return {"deputy_id": scene.teller.rng.choice(ids), "reason": scene.words("escalate")}


def _extended(scene: Scene) -> Mapping[str, Any]:
    return {"reason": scene.words("extend_reason"), "workdays": 2 if scene.issue.difficulty == "CONSULT" else 4}


def _declined(scene: Scene) -> Mapping[str, Any]:
    reason = scene.words("decline")
    return {"reason_code": scene.argument, **({"reason": reason} if reason else {})}


def _rated(result: str) -> Values:
    def values(scene: Scene) -> Mapping[str, Any]:
        words = scene.words(result.lower())
        attitude = "MOSTLY" if result == "DISSATISFIED" and scene.teller.rng.random() < 0.5 else result
        solved = {"SATISFIED": "YES", "MOSTLY": "PARTLY", "DISSATISFIED": "NO"}[result]
        return {"result": result, "solved": solved, "attitude": attitude, **({"reason": words} if words else {})}

    return values


def _by_phone(scene: Scene) -> Mapping[str, Any]:
    return {**_rated("SATISFIED")(scene), "rating_code": scene.rating_code}


def _approved(scene: Scene) -> Mapping[str, Any]:
    return {"public_text": scene.teller.body} if scene.issue.consent_publish else {}


def _decided(outcome: str, words: str, **more: str) -> Values:
    return lambda scene: {"outcome": outcome, "reason": scene.words(words), **more}


A = Action
MOVES: Mapping[str, Move] = {
    "approve": Move("reviewer", A.APPROVE_CONTENT, (1, 6), _approved),
    "reject": Move(
        "reviewer",
        A.REJECT_CONTENT,
        (1, 6),
        lambda scene: {"reason_code": "ADVERTISEMENT", "reason": scene.words("reject")},
    ),
    "resend": Move("owner", A.EDIT_RESEND, (3, 20), _said("resent_text", "text")),
    "accept": Move("speaker", A.ACCEPT, (2, 20)),
    "ask": Move("speaker", A.ASK_INFO, (3, 20), lambda scene: {"text": scene.told("ask")}),
    "add": Move("owner", A.SUPPLEMENT, (5, 50), lambda scene: {"text": scene.told("more")}),
    "answer": Move("speaker", A.ANSWER, (16, 50), lambda scene: {"text": scene.told("answer")}),
    "stand_in": Move("head", A.ANSWER, (20, 40), lambda scene: {"text": scene.told("answer")}),
    "silence": Move("owner", None, (290, 300)),
    "recuse": Move("speaker", A.RECUSE, (3, 20), _said("recuse")),
    "reroute": Move("speaker", A.REROUTE, (3, 20), _said("reroute")),
    "decline": Move("speaker", A.DECLINE, (3, 20), _declined),
    "propose": Move("speaker", A.PROPOSE_UNIT, (4, 20), _proposed),
    "escalate": Move("speaker", A.ESCALATE, (5, 30), _escalated),
    "assign": Move("township", A.ASSIGN, (3, 20), _assigned),
    "assign_district": Move("district", A.ASSIGN, (5, 24), _assigned_by_district),
    "sign": Move("unit", A.SIGN, (2, 10)),
    "return": Move("unit", A.RETURN, (1, 5), _said("return_reason")),
    "extend": Move("unit", A.EXTEND, (4, 9), _extended),
    "result": Move("unit", A.SUBMIT_RESULT, (28, 72), lambda scene: _result(scene, scene.told("result"))),
    "again_result": Move("unit", A.SUBMIT_RESULT, (28, 60), lambda scene: _result(scene, scene.words("again_result"))),
    "plan_result": Move("unit", A.SUBMIT_RESULT, (10, 30), lambda scene: _result(scene, scene.words("plan_result"))),
    "sign_off": Move("leader", A.SIGN_OFF, (1, 8)),
    "plan": Move("leader", A.MARK_IN_PLAN, (1, 8), _planned),
    "send_back": Move("speaker", A.SEND_BACK, (4, 20), _said("send_back")),
    "feedback": Move("speaker", A.GIVE_FEEDBACK, (4, 30), lambda scene: {"text": scene.told("feedback")}),
    "feedback_clerk": Move("clerk", A.GIVE_FEEDBACK, (4, 30), lambda scene: {"text": scene.told("feedback")}),
    "again_feedback": Move("speaker", A.GIVE_FEEDBACK, (4, 20), _said("again_feedback", "text")),
    "satisfied": Move("owner", A.RATE, (3, 60), _rated("SATISFIED")),
    "mostly": Move("owner", A.RATE, (3, 60), _rated("MOSTLY")),
    "dissatisfied": Move("owner", A.RATE, (3, 40), _rated("DISSATISFIED")),
    "dissatisfied_edit": Move("owner", A.RATE, (4, 20), _rated("DISSATISFIED")),
    "phone": Move("township", A.RATE, (5, 40), _by_phone),
    "follower_mostly": Move("follower", A.RATE_AS_FOLLOWER, (3, 30), lambda scene: {"result": "MOSTLY"}),
    "follower_dissatisfied": Move(
        "follower",
        A.RATE_AS_FOLLOWER,
        (3, 30),
        lambda scene: {"result": "DISSATISFIED", "reason": scene.words("follower_reason")},
    ),
    "withdraw": Move("owner", A.WITHDRAW, (8, 40), _said("withdraw")),
    "appeal_declined": Move("owner", A.APPEAL, (10, 60), _said("appeal_declined")),
    "appeal_closed": Move("owner", A.APPEAL, (30, 90), _said("appeal_closed")),
    "appeal_late": Move("owner", A.APPEAL, (10, 40), _said("appeal_late")),
    "agree": Move("decider", A.DECIDE, (2, 10), _decided("AGREE", "agree")),
    "agree_unit": Move("decider", A.DECIDE, (2, 10), _decided("AGREE", "assign", difficulty="GENERAL")),
    "refuse": Move("decider", A.DECIDE, (2, 10), _decided("REFUSE", "refuse")),
    "agree_appeal": Move("decider", A.DECIDE, (4, 20), _decided("AGREE", "agree_appeal")),
    "refuse_appeal": Move("decider", A.DECIDE, (4, 20), _decided("REFUSE", "refuse_appeal")),
    "merge": Move(
        "head", A.MERGE, (2, 8), lambda scene: {"target_id": scene.target_id, "reason": scene.words("merge")}
    ),
    "unmerge": Move("head", A.UNMERGE, (5, 20), lambda scene: {"reason": "核对后地点不同，恢复单独办理。"}),
    "danger": Move("head", A.MARK_EMERGENCY, (1, 5), _said("mark_danger")),
    "confirm": Move("head", A.CONFIRM_EMERGENCY, (0.3, 1.5), _said("confirm")),
    # conversation and waiting: no step of the lifecycle
    "say": Move("owner", None, (8, 40)),
    "say_held": Move("owner", None, (5, 20)),
    "reply": Move("speaker", None, (2, 20)),
    "urge": Move("owner", None, (20, 40)),
    "follow": Move("follower", None, (3, 20)),
    "later": Move("owner", None, (120, 140)),
    "later35": Move("owner", None, (850, 880)),
    "after": Move("owner", None, (20, 40)),
}


def actor_of(scene: Scene, who: str) -> Actor | None:
    """The person of that part in this scene; None where nobody holds it now."""
    cast, issue = scene.cast, scene.issue
    if who in RESIDENT:
        return scene.owner if who == "owner" else scene.follower
    if who == "decider":
        return cast.decider(scene.decision) if scene.decision else None
    if who == "speaker":
        return cast.speaker(issue)
    role, office = {
        "reviewer": (Role.REVIEWER, issue.district_id),
        "head": (Role.STATION_HEAD, issue.station_id),
        "clerk": (Role.STATION_CLERK, issue.station_id),
        "township": (Role.TOWNSHIP, issue.township_code),
        "district": (Role.DISTRICT, issue.district_id),
        "unit": (Role.UNIT_CLERK, issue.unit_id),
        "leader": (Role.UNIT_LEADER, issue.unit_id),
    }[who]
    return cast.holder(role, office)
