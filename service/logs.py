"""How processes log: one JSON object per line; fields are named where they are logged, never dumped."""

from __future__ import annotations

import structlog


def configure_logs() -> None:
    """Nothing here may carry a name, a phone, a code, a token or an address (a house rule walks a journey to check)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
