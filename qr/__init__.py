"""Codes and printable posters. A leaf: it knows codes and paper, not stations.

``import qr`` costs nothing: reportlab, Pillow and the reader come with the first name that is asked for (PEP 562), because
every web process can print a poster and hardly any ever does. For type checkers the names stand in ``__init__.pyi``.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "code": ("Code", "code_png", "code_svg", "make_code"),
    "kinds": ("Layout", "Reading"),
    "mini": ("NotTheCode", "as_png", "inspect"),
    "pdf": ("posters_pdf", "write_pdf"),
    "png": ("DPI", "draw_png", "poster_png"),
    "poster": ("Poster", "PosterText", "compose"),
    "reading": ("UnreadableCode", "check"),
    "report": ("ReportTable", "report_pdf"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
