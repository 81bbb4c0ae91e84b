"""Pictures: the work itself happens between two short transactions, in a process that may die of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import structlog

from service.uploads import encoder, processing, sweeping
from service.uploads.pictures import Copies, NotAPicture
from service.uploads.storage import StorageAway
from service.uploads.vault import Kind, Vault
from workers.context import transaction

log = structlog.get_logger(__name__)
Clock = Callable[[], dt.datetime]


def process_next(vault: Vault, clock: Clock) -> bool:
    """Make the copies of one waiting picture, and name how it went; False when none was due.

    Received bytes are deleted once the copies are stored and the row says so.
    """
    with transaction() as session:
        upload_id = processing.claim(session, now=clock())
    if upload_id is None:
        return False
    try:
        copies = encoder.encode(vault.get(Kind.RECEIVED, upload_id))
        _keep(vault, upload_id, copies)
    except NotAPicture:
        with transaction() as session:
            processing.refuse(session, upload_id)
        vault.delete(upload_id)
    except StorageAway:
        log.warning("pictures_without_storage")
        with transaction() as session:
            processing.postpone(session, upload_id, now=clock())
    except Exception as error:
        log.exception("picture_failed", error=type(error).__name__)
        words = f"PictureKilled: {error}" if isinstance(error, encoder.PictureKilled) else type(error).__name__
        with transaction() as session:
            processing.fail(session, upload_id, error=words, now=clock())
    return True


def _keep(vault: Vault, upload_id: str, copies: Copies) -> None:
    vault.put(Kind.PHOTO, upload_id, copies.photo)
    vault.put(Kind.THUMBNAIL, upload_id, copies.thumbnail)
    with transaction() as session:
        wanted = processing.ready(session, upload_id, width=copies.width, height=copies.height)
    vault.delete(upload_id, *((Kind.RECEIVED,) if wanted else Kind))


def drop_orphans(vault: Vault, *, now: dt.datetime) -> int:
    """One batch of rows and their files; how many."""
    with transaction() as session:
        ids = sweeping.drop_orphans(session, now=now)
    for upload_id in ids:
        vault.delete(upload_id)
    return len(ids)


def compare(vault: Vault, *, now: dt.datetime) -> None:
    """Hold the store against the table, and say what did not fit."""
    stored = dict(vault.names())
    with transaction() as session:
        found = sweeping.compare(session, stored, now=now)
    comparison = replace(found, lost=[one for one in found.lost if not sweeping.is_there(vault, one)])
    with transaction() as session:
        sweeping.mark(session, comparison)
    for name in comparison.strays:
        vault.delete_name(name)
    if comparison.strays:
        log.info("files_without_rows_deleted", count=len(comparison.strays))
    if comparison.lost:
        log.error("pictures_lost", count=len(comparison.lost))
