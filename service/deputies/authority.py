"""Who may speak for a deputy, who decides about mandates, and who corrects what is known. Pure; rulebook §9.5, §9.8."""

from __future__ import annotations

from collections.abc import Iterable

from service.accounts.roles import Actor, Role
from service.deputies.mandates import OVER
from service.deputies.models import Mandate
from service.errors import Forbidden


def require_district_office(actor: Actor, district_id: str) -> None:
    """Mandates are registered by the district's deputy affairs office (A) alone.

    :raises Forbidden: for everybody else.
    """
    if not any(grant.district_id == district_id for grant in actor.grants_of(Role.DISTRICT)):
        raise Forbidden("只有区人大代表工委可以变更代表资格。")


def correcting(actor: Actor, district_id: str, mandates: Iterable[Mandate]) -> Role | None:
    """As which office the actor corrects a deputy's facts; None: as none.

    The township where the deputy holds a mandate publishes what people read about its deputies (代表法 Art. 58); who the
    person is stands in the district's register (rulebook §9.8): of that the district alone decides.
    """
    townships = {mandate.township_code for mandate in mandates if mandate.state not in OVER}
    if any(grant.district_id == district_id for grant in actor.grants_of(Role.DISTRICT)):
        return Role.DISTRICT
    near = (grant for grant in actor.grants_of(Role.TOWNSHIP) if grant.district_id == district_id)
    return Role.TOWNSHIP if any(grant.township_code in townships for grant in near) else None


def require_may_speak_for(actor: Actor, deputy_id: str, district_id: str, mandates: Iterable[Mandate]) -> None:
    """Leave is entered by the deputy, or by the office of the deputy's township or of the district.

    :raises Forbidden: for everybody else.
    """
    townships = {mandate.township_code for mandate in mandates if mandate.township_code}
    allowed = any(
        grant.district_id == district_id
        and (
            (grant.role is Role.DEPUTY and grant.deputy_id == deputy_id)
            or (grant.role is Role.TOWNSHIP and grant.township_code in townships)
            or grant.role is Role.DISTRICT
        )
        for grant in actor.grants
    )
    if not allowed:
        raise Forbidden("只有代表本人或者所属镇街人大、区人大代表工委可以办理请假。")
