"""The frames between the server and a worker: four bytes of length, then JSON."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Final

HEADER: Final = struct.Struct(">I")
MAX_FRAME_BYTES: Final = 128 * 1024 * 1024


class FrameTooLarge(ValueError):
    """Refuse a message that is larger than a frame may be."""


def pack(message: object) -> bytes:
    """Return a message as one frame, in ASCII so that no text can break it.

    Raises:
        FrameTooLarge: the message is larger than 128 MiB.
    """
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME_BYTES:
        raise FrameTooLarge(f"{len(body)} bytes are more than a frame may have")
    return HEADER.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> Any:
    """Read the next message; None when the other side has closed.

    Raises:
        EOFError: the other side closed in the middle of a frame.
        FrameTooLarge: the header announces more than 128 MiB.
    """
    head = stream.read(HEADER.size)
    if not head:
        return None
    size = body_size(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("the stream ended inside a frame")
    return json.loads(body)


def body_size(head: bytes) -> int:
    """Return the size that a header announces.

    Raises:
        EOFError: the header is cut off.
        FrameTooLarge: it announces more than 128 MiB.
    """
    if len(head) < HEADER.size:
        raise EOFError("the stream ended inside a header")
    size: int = HEADER.unpack(head)[0]
    if size > MAX_FRAME_BYTES:
        raise FrameTooLarge(f"{size} bytes are more than a frame may have")
    return size
