"""JSON read as a stream: objects entry by entry, in any layout and order of keys.

Why not a library: the EC2 file holds 480 MB, of which some hundred entries matter. The standard
library's decoder, in C, reads one entry at a time from a moving window of text; only the braces
around the entries are walked here.
"""

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from planner.feeds._http import TroubleError

_BLANK = re.compile(r"[ \t\n\r]*")
_LONGEST = 16 * 2**20
_BROKEN = "the answer is no JSON, or cut off"


class JsonStream:
    """A JSON text that comes in pieces.

    `keys` walks an object; before it goes on, the caller takes each value: whole (`value`), walked
    in turn (`keys`) or not at all (`skip`). Raises TroubleError for what is no JSON or cut off, for
    invalid UTF-8, and for one value that is longer than 16 MiB.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse).raw_decode
        self._text = ""
        self._at = 0
        self._ended = False

    def keys(self) -> Iterator[str]:
        """Yield each key of the object that stands here, its value next to be taken."""
        if self._next() != "{":
            raise TroubleError(_BROKEN)
        self._at += 1
        if self._next() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str) or self._next() != ":":
                raise TroubleError(_BROKEN)
            self._at += 1
            yield key
            mark = self._next()
            self._at += 1
            if mark == "}":
                return
            if mark != ",":
                raise TroubleError(_BROKEN)

    def value(self) -> Any:
        """Return the value that stands here; numbers with a fraction as Decimal."""
        self._next()
        while True:
            try:
                found, end = self._scan(self._text, self._at)
            except RecursionError:
                raise TroubleError("the answer is nested too deeply") from None
            except ValueError:  # unfinished as far as it is here, or broken
                end = None
            # A number at the end of the window may go on.
            if end is not None and (self._ended or end < len(self._text) or self._closed(end)):
                self._at = end
                return found
            if self._ended:
                raise TroubleError(_BROKEN)
            if len(self._text) - self._at > _LONGEST:
                raise TroubleError("one entry of the answer is larger than 16 MiB")
            self._read(2 * (len(self._text) - self._at))

    def skip(self) -> None:
        """Pass over the value that stands here; an object entry by entry."""
        if self._next() == "{":
            for _ in self.keys():
                self.value()
        else:
            self.value()

    def is_object(self) -> bool:
        """Whether the value that stands here is an object."""
        return self._next() == "{"

    def end(self) -> None:
        """Check that nothing follows."""
        while True:
            self._at = _end_of_blanks(self._text, self._at)
            if self._at < len(self._text):
                raise TroubleError(_BROKEN)
            if self._ended:
                return
            self._read(1)

    def _closed(self, end: int) -> bool:
        return self._text[end - 1] in '}]"'

    def _next(self) -> str:
        """Return the next character that is no blank."""
        while True:
            self._at = _end_of_blanks(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                raise TroubleError(_BROKEN)
            self._read(1)

    def _read(self, wanted: int) -> None:
        """Let go of what was read and take in pieces until so many characters are here."""
        parts = [self._text[self._at :]]
        size = len(parts[0])
        self._at = 0
        while size < wanted and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            try:
                part = self._decode(chunk or b"", final=self._ended)
            except UnicodeDecodeError:
                raise TroubleError("the answer is no valid UTF-8") from None
            parts.append(part)
            size += len(part)
        self._text = "".join(parts)


def _end_of_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def _refuse(_: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError
