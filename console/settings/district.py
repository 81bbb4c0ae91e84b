"""Which district a page of settings is about, and what stands at the top of each."""

from __future__ import annotations

from flask import request

from console.pages import grants_of
from service.accounts.roles import Role
from service.errors import NotFound


def district_for(*roles: Role) -> str:
    """The district asked for, else the first in which one holds one of ``roles``.

    :raises NotFound: when one has no say there.
    """
    asked = request.values.get("district")
    for grant in grants_of(*roles):
        if asked in (None, "", grant.district_id):
            return grant.district_id
    raise NotFound
