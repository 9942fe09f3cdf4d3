"""What the readers of other tools' benchmark results share: checked fields, and what files lack."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from planner.core.measurements import Device, Measurement, Percentiles

_WHOLE = "give the file as the tool saves it"
_LONGEST = 40  # of a value in a message
_MOST = 1e300  # of a figure: what is larger is no measurement


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a result file does not tell of its run, told by whoever imports it.

    `canonical` makes a canonical model name of one that a server uses. `model` wins over the
    file's own, which may be a path. The rest stands in where a file has none: `measured_at`, the
    mean lengths in tokens, and the `batch` of a latency run. The limits (milliseconds) are those
    that a goodput was counted under.
    """

    canonical: Callable[[str], str]
    engine: str | None = None
    versions: Mapping[str, str] = {}
    device: Device = Device()
    tensor_parallel: int | None = None
    replicas: int | None = None
    dtype: str | None = None
    model: str | None = None
    measured_at: dt.datetime | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    batch: int | None = None
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None

    def model_of(self, served_as: str | None) -> str:
        """The canonical name. Raises ValueError where neither file nor caller names a model."""
        if not (named := self.model or served_as):
            raise ValueError("no model is named in it; give the model")
        return self.canonical(named)

    def time_of(self, told: dt.datetime | None) -> dt.datetime:
        """When it was measured. Raises ValueError where neither file nor caller tells."""
        if (at := told or self.measured_at) is None:
            raise ValueError("no time stands in it; give the time of the measurement")
        return at

    def place(self, measurement: Measurement) -> Measurement:
        """The same with the machine, engine and format that it ran on."""
        return msgspec.structs.replace(
            measurement,
            engine=self.engine or measurement.engine,
            versions=self.versions,
            device=self.device,
            tensor_parallel=self.tensor_parallel,
            replicas=self.replicas,
            dtype=self.dtype,
        )


class Fields:
    """A decoded JSON object whose fields are checked as they are taken, and named in errors."""

    def __init__(self, found: object, name: str = "") -> None:
        if not isinstance(found, dict):
            raise ValueError(f"{name or 'the result'} is no object; {_WHOLE}")  # noqa: TRY004 - what a file holds is a value
        self._found: dict[str, Any] = found
        self._name = name

    def __contains__(self, key: str) -> bool:
        return self._found.get(key) is not None

    def number(self, key: str) -> float:
        """A figure of 0 or more. Raises ValueError where it is missing or is none."""
        if (value := self._found.get(key)) is None:
            raise ValueError(f"{self._path(key)} is missing; {_WHOLE}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{self._path(key)} is {_shown(value)}; a number is needed")  # noqa: TRY004 - likewise
        if not 0 <= value < _MOST:
            raise ValueError(
                f"{self._path(key)} is {_shown(value)}; a measured figure is 0 or more"
            )
        return value

    def maybe(self, key: str) -> float | None:
        """The same, None where the field is missing or null."""
        return self.number(key) if key in self else None

    def count(self, key: str) -> int | None:
        """A whole number, None where the field is missing or null."""
        if (value := self.maybe(key)) is not None and value != int(value):
            raise ValueError(f"{self._path(key)} is {value}; a whole number is needed")
        return None if value is None else int(value)

    def moment(self, key: str) -> dt.datetime:
        """A time that is told in seconds since 1970. Raises ValueError where it is none."""
        seconds = self.number(key)
        try:
            return dt.datetime.fromtimestamp(seconds, dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise ValueError(f"{self._path(key)} is {seconds:g}, which is no time") from None

    def bounded(self, key: str) -> float | None:
        """A rate, None where it is missing or has no bound: "inf", Infinity."""
        value = self._found.get(key)
        if value == math.inf or str(value).casefold() in ("inf", "infinity"):
            return None
        return self.maybe(key)

    def text(self, key: str) -> str | None:
        """A string, None where it is anything else."""
        value = self._found.get(key)
        return value if isinstance(value, str) and value else None

    def inside(self, key: str) -> "Fields":
        """The object of a field, an empty one where it is missing."""
        return Fields(self._found.get(key) or {}, self._path(key))

    def items(self, key: str) -> list[Any]:
        """The list of a field, an empty one where it is missing."""
        value = self._found.get(key) or []
        if not isinstance(value, list):
            raise ValueError(f"{self._path(key)} is no list; {_WHOLE}")  # noqa: TRY004 - likewise
        return value

    def numbers(self, key: str) -> list[float]:
        """A list of figures, an empty one where it is missing."""
        return [Fields({key: each}, self._name).number(key) for each in self.items(key)]

    def percentiles(
        self, mean: str, median: str, p90: str, p99: str, *, to_ms: float = 1.0
    ) -> Percentiles | None:
        """A distribution from the fields of these names times `to_ms`; None of no times.

        Tools write 0 where nothing was timed (an answer of one token has no time per token).
        """
        if not (middle := self.maybe(mean)):
            return None

        def taken(key: str) -> float | None:
            return None if (value := self.maybe(key)) is None else to_ms * value

        return Percentiles(
            mean=to_ms * middle, p50=to_ms * self.number(median), p90=taken(p90), p99=taken(p99)
        )

    def _path(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def _shown(value: object) -> str:
    """A value in a message, cut where it is long."""
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
