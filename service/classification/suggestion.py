"""Rules and model together: the model speaks where it is sure enough, the district's keywords where it is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from service.classification.model import Model

BY_WORDS = "keywords"
OTHERS = 3


class Known(Protocol):
    """A category of the district that may be chosen today."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def keywords(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``confidence`` 0…1; ``why``: words of the text that decided; ``by``: ``model`` or ``keywords``.

    ``others``: what it may be instead, likeliest first, at most :data:`OTHERS`; one tap for whoever corrects it.
    """

    id: str
    title: str
    confidence: float
    why: list[str]
    by: str
    others: Sequence[Known] = ()


def suggest(
    text: str, categories: Sequence[Known], model: Model | None, *, least: int, explained: bool = False
) -> Suggestion | None:
    """The most likely category of ``text``; None below ``least`` percent, where an empty suggestion helps more."""
    found = _by_model(text, categories, model, explained) if model is not None else None
    if found is None or found.confidence * 100 < least:
        found = _by_words(text, categories)
    return found if found is not None and found.confidence * 100 >= least else None


def _by_model(text: str, categories: Sequence[Known], model: Model, explained: bool) -> Suggestion | None:
    """Among the categories still in use: a retired one is no answer any more."""
    prediction = model.predict(text)
    usable = {one.id: one for one in categories if one.id in prediction.probabilities}
    total = sum(prediction.probabilities[key] for key in usable)
    if not prediction.seen or not total:
        return None
    best, *others = sorted(usable, key=lambda key: -prediction.probabilities[key])[: OTHERS + 1]
    why = model.explain(text, best) if explained else []
    share = round(prediction.probabilities[best] / total, 2)
    return Suggestion(best, usable[best].title, share, why, "model", [usable[key] for key in others])


def _by_words(text: str, categories: Sequence[Known]) -> Suggestion | None:
    """``confidence``: share of all keywords found in the text that speak for this category."""
    hits = [([word for word in one.keywords if word in text], one) for one in categories]
    total = sum(len(words) for words, _ in hits)
    if not total:
        return None
    (words, best), *others = sorted(hits, key=lambda hit: -len(hit[0]))
    rest = [one for found, one in others if found][:OTHERS]
    return Suggestion(best.id, best.title, round(len(words) / total, 2), words, BY_WORDS, rest)
