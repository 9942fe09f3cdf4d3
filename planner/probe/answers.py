"""One answer of an OpenAI-compatible server, read as it comes: a stream of events, or JSON."""

from typing import Any

import msgspec

from planner.core.outcomes import Chunk
from planner.probe.lengths import LONGEST
from planner.probe.sse import EventReader

_DONE = "[DONE]"
_ABORTS = ("abort", "error")  # finish_reasons of engines that gave up
_DETAIL = 200  # characters of a server's own words that an error carries


class TroubleError(Exception):
    """A request failed: a word to count it by, the server's own words, its HTTP status."""

    def __init__(self, word: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(word)
        self.word = word
        self.detail = detail
        self.status = status


class _Usage(msgspec.Struct):
    prompt_tokens: Any = None
    completion_tokens: Any = None


class _Words(msgspec.Struct):
    role: Any = None
    content: Any = None
    reasoning: Any = None
    reasoning_content: Any = None
    tool_calls: Any = None

    def any(self) -> bool:
        return bool(self.content or self.reasoning or self.reasoning_content or self.tool_calls)


class _Choice(msgspec.Struct):
    text: str | None = None
    delta: _Words | None = None
    message: _Words | None = None
    finish_reason: Any = None

    def letters(self) -> int:
        """Bytes of its text: a token has one at least, unless it shows nothing."""
        words = self.delta or self.message or _Words()
        told = (self.text, words.content, words.reasoning, words.reasoning_content)
        shown = sum(len(each.encode()) if isinstance(each, str) else 0 for each in told)
        return shown + bool(words.tool_calls)

    def is_token(self) -> bool:
        """Whether it brings a token. One without text is a token that shows nothing yet.

        The empty first word of a chat (its role) and the empty last one (its end) are none.
        """
        words = self.delta or self.message or _Words()
        if self.text or words.any():
            return True
        return self.finish_reason is None and words.role is None


class _Event(msgspec.Struct):
    object: Any = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None
    message: Any = None


class Answer:
    """What has been read of one answer.

    `chunks` are the reads of a stream that brought tokens, empty for an answer in one piece;
    `seen` counts the events that did.
    `done` says that the server has said so; `input_tokens` and `output_tokens` are the server's
    own numbers, None where it gives none; `letters` are the bytes of its text.
    """

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None
        self.letters = 0
        self.finish: str | None = None
        self.done = False
        self._start = b""
        self._whole: bytearray | None = None
        self._events: EventReader | None = None
        self.seen = 0
        self._hidden = 0
        self._heard = False

    @property
    def streamed(self) -> bool:
        """Whether it came as a stream of events."""
        return self._events is not None

    def read(self, data: bytes, at: float) -> None:
        """Read on what came at a time (seconds). Raises TroubleError."""
        if self._events is None and self._whole is None:
            self._start = (self._start + data).removeprefix(b"\xef\xbb\xbf").lstrip()
            data = self._start
            if not data or b"\xef\xbb\xbf".startswith(data):
                return
            if data[:1] == b"<":
                raise TroubleError("a web page", "it answers with HTML")
            if data[:1] in b"{[":
                self._whole = bytearray()
            else:
                self._events = EventReader()
        if self._whole is not None:
            self._whole += data
        elif self._events is not None:
            self._take(self._events.feed(data), at)

    def end(self, at: float) -> None:
        """The server has nothing more to send. Raises TroubleError where that is no answer."""
        if self._whole is not None:
            event = _decode(bytes(self._whole))
            self.seen = sum(choice.is_token() for choice in self._note(event))
            self.done = True
        elif self._events is not None:
            self._take_last(self._events.close(), at)
            if self._hidden:
                self.chunks.append(Chunk(at, self._hidden))
            if not self._heard:
                raise TroubleError("garbage", "it answers with no stream of events")
        if not self.done and self.finish is None:
            raise TroubleError("cut off", "it stops before the answer's end")
        if not self.tokens:
            raise TroubleError("empty answer", "it answers without a token")

    @property
    def tokens(self) -> int:
        """Output tokens: the server's number, else the events that brought one."""
        return self.seen if self.output_tokens is None else self.output_tokens

    def _take(self, events: list[str], at: float) -> None:
        tokens = 0
        self._heard = self._heard or bool(events)
        for event in events:
            if event.strip() == _DONE:
                self.done = True
            elif not self.done:
                tokens += sum(choice.is_token() for choice in self._note(_decode(event)))
        self.seen += tokens
        self._hidden += tokens
        if self._hidden and self.letters:  # an answer begins with its first text
            self.chunks.append(Chunk(at, self._hidden))
            self._hidden = 0

    def _take_last(self, events: list[str], at: float) -> None:
        """Take what the stream's end made whole; half an event behind good ones was cut off."""
        begun = self.seen
        try:
            self._take(events, at)
        except TroubleError as trouble:
            if begun and trouble.word == "garbage":
                raise TroubleError("cut off", "it stops in the middle of its answer") from None
            raise

    def _note(self, event: _Event) -> list[_Choice]:
        """Keep an event's numbers and end, and return its choices."""
        if event.error or event.object == "error":
            words = said({"error": event.error} if event.error else {"message": event.message})
            raise TroubleError("error in the stream" if self.streamed else "error answer", words)
        if event.usage is not None:
            self.input_tokens = _number(event.usage.prompt_tokens, self.input_tokens)
            self.output_tokens = _number(event.usage.completion_tokens, self.output_tokens)
            # Of its own it comes last; some servers send one with every token, too.
            self.done = self.done or (not event.choices and bool(self.output_tokens))
        choices = event.choices or []
        for choice in choices:
            self.letters += choice.letters()
            self.finish = str(choice.finish_reason) if choice.finish_reason else self.finish
        if self.finish in _ABORTS:
            raise TroubleError("aborted", "it gives up its answer")
        return choices


def _decode(text: str | bytes) -> _Event:
    try:
        return msgspec.json.decode(text, type=_Event)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise TroubleError("garbage", "it answers what is no completion") from None


def _number(told: Any, before: int | None) -> int | None:
    """A count that a server tells; what is none, or 0, is unknown."""
    known = isinstance(told, int) and not isinstance(told, bool) and 0 < told <= LONGEST
    return told if known else before


def said(body: Any) -> str:
    """The words of an error's body in one line, cut to 200 characters; "" where it has none."""
    words = body
    for _ in range(4):  # {"error": {"message": ...}}, {"detail": [{"msg": ...}]}
        if isinstance(words, dict):
            keys = ("error", "message", "detail", "msg", "error_message")
            words = next((words[key] for key in keys if words.get(key)), None)
        elif isinstance(words, list):
            words = words[0] if words else None
    line = " ".join(words.split()) if isinstance(words, str) else ""
    line = "".join(c for c in line if c.isprintable())
    return line if len(line) <= _DETAIL else line[: _DETAIL - 3] + "..."
