"""An S3-compatible store. Only loaded when ``UPLOAD_URL`` begins with ``s3://``."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from service.uploads.storage import Missing, StorageAway

_ABSENT = frozenset({"NoSuchKey", "404"})


class Bucket:
    """Objects under ``prefix`` of one bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, name: str, data: bytes) -> None:
        with _failing_softly():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data)

    def get(self, name: str) -> bytes:
        with _failing_softly():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            data: bytes = answer["Body"].read()
            return data

    def delete(self, name: str) -> None:
        with _failing_softly():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def names(self) -> Iterable[tuple[str, dt.datetime]]:
        with _failing_softly():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for item in page.get("Contents", []):
                    yield item["Key"].removeprefix(self._prefix), item["LastModified"]


def bucket_at(url: str) -> Bucket:
    """``s3://bucket/prefix?endpoint=https://…&region=…&addressing=path``; the keys come from boto3's own places.

    ``endpoint``: of a store that is not AWS. ``addressing``: ``path`` or ``virtual`` (Aliyun and Tencent want ``virtual``).
    """
    parts = urlsplit(url)
    wanted = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    config = Config(
        connect_timeout=3,
        read_timeout=15,
        retries={"max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": wanted.get("addressing", "auto")},
        # Checksums newer than S3 itself are unknown to many compatible stores.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.client(
        "s3", endpoint_url=wanted.get("endpoint"), region_name=wanted.get("region", "us-east-1"), config=config
    )
    prefix = parts.path.strip("/")
    return Bucket(client, parts.netloc, f"{prefix}/" if prefix else "")


@contextlib.contextmanager
def _failing_softly() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            raise Missing from None
        raise StorageAway from error
    except BotoCoreError as error:
        raise StorageAway from error
