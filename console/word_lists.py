"""The district's own word lists (词语表): read and changed, with why, and who changed them before."""

from __future__ import annotations

import re

from flask import url_for

from console.pages import Done, Door, current_actor, only, page
from console.settings.district import district_for
from console.showing import render
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.issues import word_list

door = Door("word_lists")
EDITORS = only(*word_list.EDITORS)


@page(door, "GET", "/reviews/words", access=EDITORS)
def show() -> str:
    session, district, now = db.session(), district_for(*word_list.EDITORS), core().clock()
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
        district_for(*word_list.EDITORS),
        key,
        words,
        before=before,
        reason=typed.text("reason", most=200),
        actor=current_actor(),
        now=core().clock(),
    )
    return Done(url_for("console.word_lists.show"), "词语表已经修改，对新提交的内容生效。")
