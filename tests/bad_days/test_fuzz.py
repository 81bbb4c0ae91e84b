"""A schema-driven fuzzer as a guest and as the district's staff: no 5xx, nothing undocumented, nothing misshapen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import create_app
from miniprogram_api.document import openapi_document
from service.accounts import sessions
from service.accounts.roles import Role
from service.db import Base, db
from tests.conftest import FakeClock, FakeWeChat, make_settings, postgresql_database
from tests.world import build_world

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
ENDS_THE_SESSION = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/sessions/{id}")}
document = openapi_document()
OPERATIONS = [(method.upper(), path) for path, item in document["paths"].items() for method in item]


@pytest.fixture(scope="module")
def fuzzed(upload_folder: Path) -> Iterator[tuple[BaseSchema, list[str]]]:
    """The document, and two tokens for the application that answers it.

    It has a PostgreSQL of its own: stricter than SQLite about what a text or a number is. The document is read once: its
    strategies and the constants found in our code hold for every route.
    """
    clock = FakeClock()
    with postgresql_database() as url:
        configured = make_settings(url, upload_url=str(upload_folder))
        app = create_app(configured, wechat=FakeWeChat(), wake=lambda _job: None, clock=clock, limit_scale=0)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            session = db.session()
            place = build_world(session).a
            guest = sessions.create_guest(session, now=clock.now).token
            staff = sessions.open_session(session, place.accounts[Role.DISTRICT], provider="guest", now=clock.now).token
            session.commit()
        schema = schemathesis.openapi.from_dict(document)
        schema.app = app
        yield schema, [guest, staff]
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "broken"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_thirty_requests_of_every_route(
    fuzzed: tuple[BaseSchema, list[str]], method: str, path: str, mode: GenerationMode
) -> None:
    schema, tokens = fuzzed
    callers = tokens if (method, path) not in ENDS_THE_SESSION else ["nobody"]

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def send(case: schemathesis.Case) -> None:
        for token in callers:
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
