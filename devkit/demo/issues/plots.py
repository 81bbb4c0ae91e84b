"""Which stories are told, how often, and how long ago their last step was: one table. Steps are names of :mod:`.moves`."""

from __future__ import annotations

from dataclasses import dataclass, field

U = "accept assign sign result sign_off feedback"
"""The way through a handling unit, to the deputy's feedback."""


@dataclass(frozen=True)
class Plot:
    """``tail``: days between the last step and today, from–to. ``partner``: steps of an issue that takes this one in, which
    joins it on the day after ``partner_at`` of them. ``text``: which kind of text opens it."""

    count: int
    steps: str
    tail: tuple[float, float]
    text: str = "matter"
    about: str | None = None
    partner: str = ""
    partner_at: int = 0
    flags: frozenset[str] = field(default_factory=frozenset)


def _plot(count: int, steps: str, first: float, last: float, *flags: str, **more: object) -> Plot:
    return Plot(count, steps, (first, last), flags=frozenset(flags), **more)  # type: ignore[arg-type]


PLOTS: tuple[Plot, ...] = (
    # content review
    _plot(3, "", 0.05, 0.8, "held"),
    _plot(1, "", 3, 4, "held"),
    _plot(3, "reject", 2, 40, text="rude"),
    _plot(2, "reject resend accept answer satisfied", 3, 15, text="rude"),
    _plot(1, "reject resend", 0.1, 1, text="rude"),
    # the front of the queue
    _plot(8, "", 0.05, 1.2),
    _plot(3, "say", 0.1, 1),
    _plot(3, "urge", 1, 4, "slow"),
    _plot(2, "recuse", 0.3, 1.5),
    _plot(2, "reroute", 0.3, 1.5),
    _plot(5, "ask", 0.4, 8),
    _plot(3, "ask", 12, 38),
    _plot(2, "ask", 45, 70),
    _plot(2, "ask add accept", 0.3, 2),
    # not accepted
    _plot(2, "decline:LITIGATION", 1, 40, text="court"),
    _plot(2, "decline:OUT_OF_AREA", 1, 40, text="abroad"),
    _plot(2, "decline:NO_CONTENT", 1, 40, text="short"),
    _plot(2, "decline:PRIVATE", 0.1, 0.8, text="private"),
    _plot(2, "decline:DUPLICATE", 0.1, 0.8),
    _plot(2, "decline:PRIVATE agree", 1, 30, text="private"),
    _plot(2, "decline:DUPLICATE refuse accept", 0.3, 2),
    _plot(2, "decline:PRIVATE agree appeal_declined", 0.1, 0.8),
    _plot(2, "decline:DUPLICATE agree appeal_declined agree_appeal accept answer satisfied", 2, 25),
    _plot(1, "decline:LITIGATION appeal_declined refuse_appeal", 4, 30, text="court"),
    # with the deputy
    _plot(9, "accept", 0.2, 2.5),
    _plot(3, "accept", 5, 14),
    _plot(3, "accept say reply", 0.3, 2),
    _plot(2, "accept say_held", 0.1, 1.5),
    _plot(2, "accept ask", 0.5, 8),
    _plot(2, "accept ask add answer satisfied", 2, 26),
    _plot(2, "accept propose", 0.1, 0.8),
    _plot(2, "accept escalate", 0.5, 5),
    _plot(2, "accept escalate refuse", 0.3, 2),
    _plot(3, "accept escalate agree", 2, 20),
    _plot(2, "accept escalate agree answer", 1, 10),
    # at the unit
    _plot(4, "accept assign", 0.1, 0.9),
    _plot(2, "accept propose agree_unit", 0.1, 0.9),
    _plot(2, "accept assign", 3, 6),
    _plot(2, "accept assign return", 0.1, 0.8),
    _plot(2, "accept assign return refuse", 0.4, 3),
    _plot(2, "accept assign return agree", 0.2, 1),
    _plot(9, "accept assign sign", 0.5, 5),
    _plot(2, "accept assign:COMPLEX+ sign say reply", 1, 6),
    _plot(3, "accept assign sign urge", 8, 14),
    _plot(2, "accept assign sign extend", 0.1, 0.8),
    _plot(3, "accept assign sign extend agree", 0.5, 4),
    _plot(2, "accept assign sign extend refuse", 0.5, 3),
    _plot(3, "accept assign_district sign", 0.5, 4),
    _plot(2, "accept assign sign escalate", 0.5, 4),
    _plot(3, "accept assign sign result", 0.1, 0.9),
    _plot(2, "accept assign sign result", 3, 6),
    _plot(3, "accept assign sign result sign_off", 0.2, 1.5),
    _plot(2, "accept assign sign result sign_off send_back", 0.3, 2),
    _plot(2, "accept assign sign result plan", 0.1, 1.2),
    _plot(4, "accept assign:HARD sign result plan agree", 1, 20),
    _plot(2, "accept assign sign result plan:2 agree", 6, 9),
    _plot(2, "accept assign sign result plan:2 agree later plan_result sign_off feedback satisfied", 2, 20),
    # the resident's turn
    _plot(6, "accept answer", 0.3, 13),
    _plot(2, "accept follow", 0.3, 2),
    _plot(2, "follow accept answer follower_mostly", 0.5, 10),
    _plot(6, U, 0.3, 13),
    _plot(2, "accept assign sign result sign_off feedback_clerk", 0.5, 8),
    _plot(2, "accept silence stand_in", 0.5, 8),
    _plot(3, "accept answer dissatisfied", 0.3, 4),
    _plot(2, f"{U} dissatisfied", 5, 12),
    _plot(2, f"{U} dissatisfied assign sign", 0.5, 4),
    _plot(2, f"{U} dissatisfied assign sign again_result sign_off again_feedback satisfied", 2, 25),
    _plot(2, "accept answer dissatisfied assign sign again_result sign_off again_feedback dissatisfied", 3, 25),
    # over
    _plot(11, "accept answer satisfied", 0.5, 28),
    _plot(11, f"{U} satisfied", 0.5, 28),
    _plot(4, f"{U} mostly", 0.5, 28),
    _plot(2, "accept answer phone", 2, 25, "clerk"),
    _plot(2, "accept answer", 17, 40),
    _plot(2, U, 17, 40),
    _plot(2, f"{U} mostly dissatisfied_edit", 0.3, 3),
    _plot(2, f"{U} satisfied appeal_closed", 0.1, 0.8),
    _plot(2, f"{U} satisfied appeal_closed agree_appeal", 0.5, 5),
    _plot(1, "accept answer satisfied appeal_closed refuse_appeal", 2, 10),
    _plot(2, "accept follow follow answer follower_dissatisfied satisfied", 3, 20),
    _plot(3, "withdraw", 1, 60),
    _plot(2, "accept withdraw", 1, 60),
    _plot(2, "accept assign sign withdraw", 1, 50),
    _plot(15, "accept answer satisfied", 32, 78),
    _plot(11, f"{U} satisfied", 32, 74),
    _plot(3, f"{U} mostly", 32, 74),
    _plot(2, "accept answer dissatisfied answer dissatisfied", 32, 60),
    _plot(3, "accept answer", 47, 80),
    _plot(2, "accept answer satisfied later35 appeal_late", 0.1, 0.8),
    # several people, one matter
    _plot(2, "merge", 0.1, 0.1, partner="accept assign sign", partner_at=3),
    _plot(2, "merge unmerge", 0.1, 0.1, partner="accept assign sign", partner_at=3),
    _plot(2, "merge after satisfied", 1, 12, partner=U, partner_at=3),
    _plot(2, "merge", 0.5, 8, partner=U, partner_at=3),
    # danger
    _plot(2, "", 0.01, 0.06, "urgent"),
    _plot(2, "", 0.3, 0.9, "urgent"),
    _plot(2, "confirm accept assign sign", 0.5, 4, "urgent"),
    _plot(2, f"confirm {U} satisfied", 2, 50, "urgent"),
    _plot(2, "danger confirm accept", 0.3, 2),
    # complaints, kept from those they name
    _plot(2, "", 0.2, 1.2, about="deputy", text="about_deputy"),
    _plot(2, "accept answer satisfied", 2, 50, about="deputy", text="about_deputy"),
    _plot(2, "accept", 0.3, 2, about="unit", text="about_unit"),
    _plot(2, "accept answer", 0.5, 9, about="unit", text="about_unit"),
    _plot(2, "accept answer mostly", 1, 20, about="station", text="about_station"),
    _plot(1, "", 0.2, 1, about="station", text="about_station"),
    # approved by a reviewer; with the resident's consent on the public page
    _plot(3, "approve", 0.2, 1.2, "held", "publish"),
    _plot(3, "approve accept assign sign", 0.5, 5, "held", "publish"),
    _plot(3, "approve accept answer", 0.5, 12, "held", "publish"),
    _plot(6, f"approve {U} satisfied", 1, 26, "held", "publish"),
    _plot(3, "approve accept answer mostly", 1, 26, "held", "publish"),
    _plot(3, f"approve {U} satisfied", 32, 70, "held", "publish"),
)
