"""Where a deputy belongs: grids answered for (网格), groups (代表小组). Changed by the district's office."""

from __future__ import annotations

from flask import url_for

from console.deputies import MAY, one, own_deputy
from console.pages import Done, Door, only, page
from console.typed import Typed
from service.bootstrap import core
from service.calendar.workdays import local_date
from service.db import db
from service.deputies import actions, registry
from service.deputies.mandates import GridRole
from service.territory import queries as territory

door = Door("deputy_places")


def _back(id: str, words: str) -> Done:
    return Done(url_for("console.deputies.one", id=id), words)


@page(door, "POST", "/deputies/<id>/grids", access=only(*MAY), again=one, rings=None)
def take_grid(id: str) -> Done:
    """From today; a new 主责 ends the one before."""
    row, typed = own_deputy(id), Typed()
    grid_id = typed.text("grid_id", required=True, most=26)
    role = typed.choice("role", [role.value for role in GridRole], required=True)
    typed.check()
    grid = territory.grid(db.session(), row.district_id, grid_id)
    actions.assign_grid(db.session(), grid.id, id, GridRole(str(role)), on=local_date(core().clock()))
    return _back(id, "网格已安排，新的事项从现在起按它找代表。")


def shown_again(id: str, assignment_id: str) -> str:
    """The page on which the button of a grid stands."""
    return one(id)


@page(door, "POST", "/deputies/<id>/grids/<assignment_id>/end", access=only(*MAY), again=shown_again, rings=None)
def leave_grid(id: str, assignment_id: str) -> Done:
    row = own_deputy(id)
    actions.leave_grid(db.session(), row.district_id, assignment_id, on=local_date(core().clock()))
    return _back(id, "已不再联系这个网格。没有主责代表的网格，事项先由备用、值班代表或者站长接续。")


@page(door, "POST", "/deputies/<id>/groups", access=only(*MAY), again=one, rings=None)
def join_group(id: str) -> Done:
    """Another territorial group takes the place of the one before."""
    row, typed = own_deputy(id), Typed()
    mine = [group.id for group in registry.groups(db.session(), row.district_id)]
    group_id = typed.choice("group_id", mine, required=True)
    convenor = typed.ticked("is_convenor")
    typed.check()
    actions.join_group(db.session(), str(group_id), id, is_convenor=convenor)
    return _back(id, "代表小组已更新。")


def group_again(id: str, group_id: str) -> str:
    """The page on which the button of a group stands."""
    return one(id)


@page(door, "POST", "/deputies/<id>/groups/<group_id>/leave", access=only(*MAY), again=group_again, rings=None)
def leave_group(id: str, group_id: str) -> Done:
    own_deputy(id)
    actions.leave_group(db.session(), group_id, id)
    return _back(id, "已退出这个小组。")
