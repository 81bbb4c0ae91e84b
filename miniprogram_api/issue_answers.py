"""Shapes of issues as a viewer gets them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from miniprogram_api.photo_answers import PhotoOut
from miniprogram_api.schemas import Moment, Out, PageOut
from service.issues.lifecycle import Action, State
from service.issues.words import Anonymity, Channel, Kind


class Named(Out):
    id: str
    name: str


class Titled(Out):
    id: str
    title: str


class Holder(Out):
    role: str
    name: str


class Option(Out):
    value: str
    title: str


class FieldOut(Out):
    name: str
    type: Literal["text", "choice", "date", "number", "id", "uploads"]
    required: bool
    options: list[Option] | None = None
    of: str | None = None
    multiple: bool | None = None
    search: str | None = None


class ActionOut(Out):
    name: Action
    title: str
    fields: list[FieldOut]


class IssueLine(Out):
    """A line of a list."""

    id: str
    number: str
    title: str
    state: State
    state_title: str
    round: int
    version: int
    category: Titled | None
    village: str | None
    deputy: Named | None
    responsible: Holder | None
    due_at: Moment | None
    due_provisional: bool
    overdue: bool
    urgent: bool
    followers: int
    photo_count: int
    hot: bool = Field(description="7 天内有很多人反映同一件事；只有联络站和上级看得到")
    created_at: Moment


class HistoryLine(Out):
    seq: int
    at: Moment
    action: Action
    title: str
    actor: Holder
    from_state: State | None
    state: State
    state_title: str
    round: int
    note: str | None
    photos: list[PhotoOut]
    entry_hash: str


class MessageOut(Out):
    id: str
    at: Moment
    author: Holder
    text: str
    held: bool
    photos: list[PhotoOut]


class PendingOut(Out):
    action: Action
    title: str
    decider: Holder
    asked_at: Moment
    due_at: Moment


class RatingOut(Out):
    result: str
    solved: str | None
    attitude: str | None
    reason: str | None
    round: int
    channel: str
    rated_at: Moment


class FollowerRatingOut(Out):
    """Of somebody who joined (我也遇到): never who; the day only. Their own, or what office reads of the others."""

    result: str
    reason: str | None
    on: dt.date


class EmergencyOut(Out):
    since: Moment
    due_at: Moment
    confirmed_at: Moment | None


class RevealLine(Out):
    at: Moment
    by: str
    reason: str


class ContactOut(Out):
    name: str | None
    phone: str | None


class AboutOut(Out):
    type: str
    id: str


class CategorySuggestionOut(Out):
    """``applied``: the resident chose none and this was filled in; ``model_version`` null: by keywords."""

    id: str
    title: str
    confidence: float
    why: list[str]
    model_version: int | None
    applied: bool


class AlikeOut(Out):
    """An earlier open issue that seems to be the same matter."""

    id: str
    number: str
    why: str


class MergedInto(Out):
    number: str


class ConsentsOut(Out):
    pass_on: bool
    publish: bool
    contact: bool


class IssueOut(IssueLine):
    content: str
    place: str | None
    station: Named
    grid_id: str | None
    photos: list[PhotoOut] = Field(description="提交时的照片；只给能看原文的人，链接一小时内有效")
    kind: Kind
    channel: Channel
    anonymity: Anonymity
    consents: ConsentsOut
    contact: ContactOut | None
    may_reveal: bool
    about: AboutOut | None
    route_reason: str | None
    next_step: str
    pending_decision: PendingOut | None
    unit: Named | None
    co_units: list[Named]
    difficulty: str | None
    outcome: str | None
    reason_code: str | None
    under_supervision: bool
    rating: RatingOut | None
    follower_ratings: list[FollowerRatingOut] = Field(description="跟进人的评价；只给代表、联络站和它上面的单位")
    own_rating: FollowerRatingOut | None = Field(default=None, description="跟进人自己的评价；只给本人")
    category_suggestion: CategorySuggestionOut | None
    alike: AlikeOut | None
    emergency: EmergencyOut | None
    merged_into: MergedInto | None
    received_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    history: list[HistoryLine]
    messages: list[MessageOut]
    reveals: list[RevealLine]
    actions: list[ActionOut]
    yours: bool = Field(description="是不是您自己反映的（账号或查询码）；跟进的不是")
    may_talk: bool = Field(description="现在能不能留言")
    may_urge: bool = Field(description="现在能不能催办：反映人，一天一次")


class IssueCreated(IssueOut):
    """The only time the codes are shown: they are stored as digests."""

    receipt_code: str = Field(default="", description="查询码，凭它查看、补充、评价、撤回")
    rating_code: str = Field(default="", description="六位评价码，电话回访时由群众念出")
    entry_hash: str = Field(description="这次提交在存证链上的哈希")


class IssuesOut(PageOut):
    """``thumbnails``: issue → its first picture, small, where there is one the viewer may see."""

    items: list[IssueLine]
    thumbnails: dict[str, str] = Field(default_factory=dict, description="事项 id → 第一张照片的小图，一小时内有效")


class OptionsOut(Out):
    items: list[Titled]


class SimilarOut(Out):
    category: str | None
    place: str | None
    week: str
    followers: int
    why: str
    follow_token: str
    excerpt: str | None = None


class Suggested(Titled):
    """``others``: the next likely ones, so that correcting it is one tap."""

    confidence: float
    others: list[Titled]


class PhoneOut(Out):
    number: str
    title: str


class EmergencyAdvice(Out):
    advice: str
    phones: list[PhoneOut]


class PreviewOut(Out):
    category: Suggested | None
    similar: list[SimilarOut]
    emergency: EmergencyAdvice | None
    warnings: list[str]


class FollowOut(Out):
    id: str
    number: str
    state: State
    state_title: str
    followers: int
