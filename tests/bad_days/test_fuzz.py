"""A schema-driven fuzzer as nobody, a resident and staff: no 5xx, nothing undocumented, nothing misshapen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app import create_app
from miniprogram_api.document import openapi_document
from service.accounts import sessions
from service.accounts.roles import Role
from service.db import Base, db
from tests.conftest import FakeClock, FakeWeChat, make_settings, postgresql_database
from tests.world import build_world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
CALLERS = (Role.RESIDENT, Role.STATION_HEAD, Role.DISTRICT)
ENDS_THE_SESSION = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/sessions/{id}")}
NOBODY: dict[str, str] = {}
document = openapi_document()
OPERATIONS = [(method.upper(), path) for path, item in document["paths"].items() for method in item]
Target = tuple[Flask, list[dict[str, str]]]
"""An application, and the headers of everybody who asks it."""


@contextmanager
def application(url: str, uploads: Path) -> Iterator[Target]:
    """On a database of its own, in a world with something to find."""
    clock = FakeClock()
    configured = make_settings(url, upload_url=str(uploads))
    app = create_app(configured, wechat=FakeWeChat(), wake=lambda _job: None, clock=clock, limit_scale=0)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        session = db.session()
        accounts = build_world(session).a.accounts
        opened = [sessions.open_session(session, accounts[role], provider="guest", now=clock.now) for role in CALLERS]
        session.commit()
        db.session.remove()
    yield app, [NOBODY, *({"Authorization": f"Bearer {one.token}"} for one in opened)]
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def fuzzed(upload_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BaseSchema, list[Target]]]:
    """The document, and the application on both databases: what is made up once is sent to each.

    PostgreSQL comes first: it is stricter about what a text or a number is. The document is read once: its strategies
    and the constants found in our code hold for every route.
    """
    with ExitStack() as stack:
        sqlite = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'fuzz.sqlite3'}"
        urls = [stack.enter_context(postgresql_database()), sqlite]
        targets = [stack.enter_context(application(url, upload_folder)) for url in urls]
        schema = schemathesis.openapi.from_dict(document)
        schema.app = targets[0][0]
        yield schema, targets


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "broken"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_fuzzer_finds_no_5xx_and_nothing_undocumented(
    fuzzed: tuple[BaseSchema, list[Target]], method: str, path: str, mode: GenerationMode
) -> None:
    """Every case goes to PostgreSQL, every second one to SQLite too."""
    schema, targets = fuzzed
    only = slice(1) if (method, path) in ENDS_THE_SESSION else slice(None)
    turns = itertools.cycle((targets, targets[:1]))

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def send(case: schemathesis.Case) -> None:
        for app, callers in next(turns):
            for headers in callers[only]:
                case.call_and_validate(headers=headers, checks=CHECKS, app=app)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
