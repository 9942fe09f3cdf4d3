"""What the price tables said when they were last read without a fault.

The cache holds for tables of the same paths, sizes and times of change, and as long as the rules
for a row are the same code. It is no source: whatever is wrong with it, the tables are read
instead.
"""

import contextlib
import hashlib
import os
import zlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from planner.core import price_discounts, price_rows
from planner.core.price_discounts import Discount
from planner.core.prices import HourlyPrice, UsagePrice
from planner.files.atomic import write_atomically

_MOST = 4  # caches that are kept, of so many pairs of folders
_NAME = "prices-2-{}.msgpack"  # the number is that of the format
_SUM = 4  # bytes of the checksum that the content follows

Rows = tuple[list[UsagePrice], list[HourlyPrice], list[Discount]]


class Stored(msgspec.Struct, frozen=True):
    """All rows, encoded in parts so that a question decodes only what it needs.

    `usage` is by model and provider.
    """

    usage: dict[str, dict[str, msgspec.Raw]]
    machines: msgspec.Raw
    hourly: msgspec.Raw
    discounts: list[Discount]


def load(tables: Sequence[Path]) -> Stored | None:
    """What is kept of these very tables; None where nothing is."""
    path = _path(tables)
    if path is None:
        return None
    try:
        content = path.read_bytes()
        if content[:_SUM] != _sum(content[_SUM:]):
            return None  # a broken disk must not change a price
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used is kept longest
        return msgspec.msgpack.decode(memoryview(content)[_SUM:], type=Stored)
    except (OSError, msgspec.DecodeError, ValueError):
        return None


def save(
    tables: Sequence[Path],
    usage: Iterable[UsagePrice],
    hourly: Iterable[HourlyPrice],
    discounts: Iterable[Discount],
) -> None:
    """Keep what was read; where that cannot be written, nothing is kept."""
    path = _path(tables)
    if path is None:
        return
    by_model: dict[str, dict[str, list[UsagePrice]]] = {}
    for row in usage:
        by_model.setdefault(row.model, {}).setdefault(row.provider, []).append(row)
    rows = list(hourly)
    machines = [row for row in rows if row.item == "instance"]
    others = [row for row in rows if row.item != "instance"]
    stored = Stored(
        usage={
            model: {provider: _raw(own) for provider, own in sold.items()}
            for model, sold in by_model.items()
        },
        machines=_raw(machines),
        hourly=_raw(others),
        discounts=list(discounts),
    )
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.msgpack.encode(stored)
        write_atomically(path, _sum(content) + content)
        _forget_old(path.parent)


def kept_rows(
    stored: Stored,
    models: Collection[str] | None,
    *,
    providers: Collection[str] | None = None,
    instances: bool,
) -> Rows | None:
    """The rows of some models and providers (None: of all), and with `instances` of machines.

    None where they cannot be read.
    """
    wanted = stored.usage if models is None else stored.usage.keys() & set(models)
    try:
        usage = [
            row
            for model in sorted(wanted)
            for provider, rows in sorted(stored.usage[model].items())
            if providers is None or provider in providers
            for row in _usage.decode(rows)
        ]
        hourly = _hourly.decode(stored.hourly)
        if instances:
            hourly += _hourly.decode(stored.machines)
    except (msgspec.DecodeError, ValueError):
        return None
    return usage, hourly, stored.discounts


_usage = msgspec.msgpack.Decoder(list[UsagePrice])
_hourly = msgspec.msgpack.Decoder(list[HourlyPrice])


def _raw(rows: Sequence[Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(rows))


def _sum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_SUM, "big")


def _path(tables: Sequence[Path]) -> Path | None:
    """Where the cache of these tables is; None where one of them cannot be looked at."""
    digest = hashlib.blake2b(digest_size=12)
    try:
        for table in (Path(price_rows.__file__), Path(price_discounts.__file__), *tables):
            seen = table.stat()
            digest.update(f"{table.resolve()} {seen.st_size} {seen.st_mtime_ns}\n".encode())
        chosen = Path(os.environ.get("XDG_CACHE_HOME") or "")
        # A relative one is invalid and to be ignored (XDG Base Directory Specification).
        folder = (chosen if chosen.is_absolute() else Path.home() / ".cache") / "planner"
    except (OSError, RuntimeError):
        return None
    return folder / _NAME.format(digest.hexdigest())


def _forget_old(folder: Path) -> None:
    found = sorted(folder.glob(_NAME.format("*")), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in found[_MOST:]:
        path.unlink(missing_ok=True)
