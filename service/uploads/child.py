"""``python -m service.uploads.child``: one picture from standard input, its copies to standard output, then gone.

A process of its own, because a picture may kill whoever decodes it. It knows no key, no database and no network address,
and may use so much memory and time and no more.
"""

from __future__ import annotations

import os
import resource
import struct
import sys

from service.uploads.pictures import NotAPicture, make_copies

REFUSED = 3
"""Exit status for bytes that are no picture; every other status but 0 means that the process came to harm."""
LENGTHS = struct.Struct(">4I")
"""Width, height, bytes of the photo, bytes of the thumbnail; the two follow."""
MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 15


def confine() -> None:
    """Limits of this process alone; people's requests come before pictures."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)


def main() -> int:
    confine()
    try:
        copies = make_copies(sys.stdin.buffer.read())
    except NotAPicture:
        return REFUSED
    sizes = LENGTHS.pack(copies.width, copies.height, len(copies.photo), len(copies.thumbnail))
    sys.stdout.buffer.write(sizes + copies.photo + copies.thumbnail)
    return 0


if __name__ == "__main__":
    sys.exit(main())
