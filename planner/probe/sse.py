"""Server-sent events, read from bytes that may be cut anywhere."""

import re

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class EventReader:
    """The data of the events of a stream; comments and other fields are passed over."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._lines: list[str] = []

    def feed(self, data: bytes) -> list[str]:
        """Read on, and return the data of each event that is whole by now."""
        self._rest += data
        if not self._begun:
            if len(self._rest) < len(_BOM) and _BOM.startswith(self._rest):
                return []
            self._rest = self._rest.removeprefix(_BOM)
            self._begun = True
        # A return at the very end may be the first half of a line's end.
        held = b"\r" if self._rest.endswith(b"\r") else b""
        *lines, rest = _LINE_END.split(self._rest.removesuffix(held))
        self._rest = rest + held
        return [event for line in lines if (event := self._line(line)) is not None]

    def close(self) -> list[str]:
        """Return what the end of the stream makes whole."""
        return self.feed(b"\n\n")

    def _line(self, line: bytes) -> str | None:
        """Take a line in; the empty one ends an event."""
        if line:
            field, _, value = line.partition(b":")
            if field == b"data":
                self._lines.append(value.removeprefix(b" ").decode("utf-8", "replace"))
            return None
        if not self._lines:
            return None
        event = "\n".join(self._lines)
        self._lines = []
        return event
