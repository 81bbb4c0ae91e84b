"""Pages of a list: how many, and where it goes on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.schemas import Query
from web.cursors import decode_cursor, encode_cursor

__all__ = ["PageQuery", "decode_cursor", "encode_cursor"]


class PageQuery(Query):
    """``limit`` and ``cursor`` of every list; subclasses add filters."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None
