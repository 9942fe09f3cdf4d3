"""The program's streams: a result is never lost for want of a place to speak of it."""

import contextlib
import os
import sys
from typing import Any, TextIO


class _Forgiving:
    """A stream whose words are lost where nobody can take them, without a word about it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write what can be written; a text is all that it takes."""
        try:
            return self._stream.write(text)
        except OSError:
            lead_nowhere(self._stream)
            return len(text)

    def flush(self) -> None:
        """Let what is buffered out, or go."""
        try:
            self._stream.flush()
        except OSError:
            lead_nowhere(self._stream)


def prepare() -> None:
    """Make the streams fit to be written to, however the program was started.

    Streams that are closed are taken by nothing else: a file under the number of stderr would get
    the words of other programs. Signs that an encoding lacks are replaced.
    """
    with contextlib.suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - stderr's
            pass
        os.close(descriptor)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for good
    sys.stderr = _Forgiving(sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def lead_nowhere(stream: TextIO | None) -> None:
    """What is still buffered must not complain when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def quiet_libraries() -> None:
    """Give what libraries log a place: Python prints warnings and tracebacks that have none."""
    import logging  # noqa: PLC0415 - only where the network is asked

    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())
