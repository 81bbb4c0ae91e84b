"""How processes log: one JSON object per line; fields are named where they are logged, never dumped."""

from __future__ import annotations

import sys
from typing import Any

import structlog


def _to_stderr(*_names: Any) -> structlog.WriteLogger:
    """Standard output belongs to what a command was asked for (``--json``): no log line may stand in it."""
    return structlog.WriteLogger(sys.stderr)


def configure_logs() -> None:
    """Nothing here may carry a name, a phone, a code, a token or an address (a house rule walks a journey to check)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_to_stderr,
    )
