"""The district's own word lists (词语表): read and changed, with why, and who changed them before."""

from __future__ import annotations

import re

from flask import request, url_for

from console.pages import Done, Door, current_actor, grants_of, only, page
from console.showing import render
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.issues import word_list

door = Door("word_lists")
EDITORS = only(*word_list.EDITORS)


def _district() -> str:
    """The district whose words are meant: the one asked for, else one's first.

    :raises NotFound: when one has no say there.
    """
    asked = request.values.get("district")
    for grant in grants_of(*word_list.EDITORS):
        if asked in (None, "", grant.district_id):
            return grant.district_id
    raise NotFound


@page(door, "GET", "/reviews/words", access=EDITORS)
def show() -> str:
    session, district, now = db.session(), _district(), core().clock()
    changes = word_list.changes(session, district)
    return render(
        "console/word_lists.html",
        district=district,
        lists=[
            (key, title, word_list.current(session, district, key, now=now)) for key, title in word_list.LISTS.items()
        ],
        changes=changes,
        titles=word_list.LISTS,
        longest=word_list.LONGEST_REASON,
    )


@page(door, "POST", "/reviews/words/<key>", access=EDITORS, again=lambda key: show(), rings=None)
def change(key: str) -> Done:
    """The whole list as it should be; texts already checked stay as they are."""
    typed = Typed()
    words = re.split(r"[\s,，、;；]+", typed.text("words", most=12_000))
    before = typed.text("before", most=12_000).split("\n")
    word_list.change(
        db.session(),
        _district(),
        key,
        words,
        before=before,
        reason=typed.text("reason", most=200),
        actor=current_actor(),
        now=core().clock(),
    )
    return Done(url_for("console.word_lists.show"), "词语表已经修改，对新提交的内容生效。")
