"""From bytes to models. Our own: the library parses doubly encoded bodies and takes broken JSON for null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_origin

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from miniprogram_api.limits import read_body
from miniprogram_api.validation_messages import messages_of
from service.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class RequestShape:
    """The models a handler declares by its parameters ``path``, ``query``, ``body`` and ``form``."""

    path: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None

    def read(self) -> dict[str, BaseModel]:
        """Arguments for the handler.

        :raises NotFound: for path parts that cannot name anything.
        :raises Invalid: with a Chinese sentence per field; the input itself is never repeated.
        """
        found: dict[str, BaseModel] = {}
        if self.path:
            found["path"] = _path(self.path)
        if self.query:
            found["query"] = _query(self.query)
        if self.body:
            found["body"] = _body(self.body)
        if self.form:
            found["form"] = _form(self.form)
        return found


def _path(model: type[BaseModel]) -> BaseModel:
    try:
        return model.model_validate_strings(request.view_args or {})
    except ValidationError:
        raise NotFound from None


def _query(model: type[BaseModel]) -> BaseModel:
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        if given == [""] and name in model.model_fields:
            continue  # an empty filter of a form asks for nothing
        field = model.model_fields.get(name)
        values[name] = given if field and get_origin(field.annotation) is list else given[0]
    return _checked(lambda: model.model_validate(values))


def _body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    raw = read_body()
    return _checked(lambda: model.model_validate_json(raw))


def _form(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    if request.content_length is None:
        read_body()
    values = {**request.form.to_dict(), **request.files.to_dict()}
    return _checked(lambda: model.model_validate(values))


def _checked(validate: Any) -> BaseModel:
    try:
        model: BaseModel = validate()
    except ValidationError as error:
        raise Invalid(fields=messages_of(error)) from None
    return model
