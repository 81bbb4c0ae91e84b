"""HEIC for Pillow. Loaded when the first one comes: it costs a process 7 MB and 35 ms, which most pictures need not pay."""

from __future__ import annotations

import pillow_heif

pillow_heif.register_heif_opener(thumbnails=False)
