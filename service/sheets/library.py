"""The library that knows XLSX, loaded when a workbook is read or written: it brings more along than a web process shall carry."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def openpyxl() -> Any:
    return import_module("openpyxl")
