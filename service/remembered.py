"""Facts that change a few times a year, kept in this process for some seconds instead of being asked for with every request."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

SECONDS = 5.0
"""How long another process may still answer with what held before; whoever changes a fact forgets it at once here."""

MOST = 20_000
"""Facts of one kind and database; beyond, all are asked anew: nothing here may grow with the days."""

Fact = TypeVar("Fact")
Key = TypeVar("Key", bound=Hashable)


class Remembered(Generic[Fact]):
    """One kind of fact by key, per database. Values are shared by all threads: give it nothing that can be changed."""

    _all: list[Remembered[Any]] = []

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Pool, dict[Hashable, tuple[float, Fact]]] = WeakKeyDictionary()
        self._all.append(self)

    def get(self, session: Session, key: Hashable, load: Callable[[], Fact]) -> Fact:
        """The fact as it was at most :data:`SECONDS` ago; ``load`` asks the database."""
        of_database = self._of(session)
        kept = of_database.get(key)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        fact = load()
        of_database[key] = (time.monotonic() + SECONDS, fact)
        return fact

    def get_many(
        self, session: Session, keys: Collection[Key], load: Callable[[list[Key]], Mapping[Key, Fact]]
    ) -> dict[Key, Fact]:
        """Those of ``keys`` that lead to a fact; ``load`` asks for the missing ones together."""
        of_database, now = self._of(session), time.monotonic()
        found: dict[Key, Fact] = {}
        missing: list[Key] = []
        for key in keys:
            kept = of_database.get(key)
            if kept is not None and kept[0] > now:
                found[key] = kept[1]
            else:
                missing.append(key)
        if missing:
            loaded = load(missing)
            of_database |= {key: (now + SECONDS, fact) for key, fact in loaded.items()}
            found |= loaded
        return found

    def _of(self, session: Session) -> dict[Hashable, tuple[float, Fact]]:
        """By pool of connections: it is the database's own, whatever the way a session uses it."""
        found = self._kept.setdefault(session.get_bind().engine.pool, {})
        if len(found) > MOST:
            found.clear()
        return found

    @classmethod
    def forget_all(cls) -> None:
        for one in cls._all:
            one._kept.clear()
