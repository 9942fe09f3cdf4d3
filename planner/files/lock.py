"""One collector at a time in a snapshots folder, and room in it before the clouds are asked."""

import contextlib
import datetime as dt
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from planner.errors import PlannerError

_NAME = ".planner.lock"
_ROOM_BYTES = 64 * 1024 * 1024  # a day of all providers is far below


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes snapshots: process, machine, and since when (UTC)."""

    pid: int
    host: str
    since: dt.datetime


@contextlib.contextmanager
def hold(folder: Path, now: dt.datetime) -> Iterator[None]:
    """Hold a folder for the length of a block.

    PlannerError names who holds it. The kernel lets go when a process ends, however it ends, so
    that the lock of a dead one is taken over.
    """
    path = folder / _NAME
    with os.fdopen(_open_locked(path), "r+b") as file:
        _sign(file, path, Holder(pid=os.getpid(), host=socket.gethostname(), since=now))
        try:
            yield
        finally:
            # Gone before it is free: nobody takes a lock whose name another file has by then.
            path.unlink(missing_ok=True)


def check_room(folder: Path, option: str = "--snapshots") -> None:
    """PlannerError where a folder (or one in it) cannot be written to, or its disk is full.

    `option` is the one that names another folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place in (folder, *(p for p in folder.iterdir() if p.is_dir())):
            with tempfile.TemporaryFile(dir=place):
                pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise PlannerError(
            f"cannot write to {_place(error, folder)}: {error.strerror}; "
            f"mend its permissions or choose {option}"
        ) from error
    if free < _ROOM_BYTES:
        raise PlannerError(
            f"{folder} has {free // 1024:,} KiB left of the {_ROOM_BYTES // 1024:,} that are "
            f"needed; make room or choose {option}"
        )


def _place(error: OSError, folder: Path) -> Path:
    """Where an error is: a temporary file's name says no more than its folder."""
    path = Path(error.filename or folder)
    return path.parent if path.name.startswith("tmp") else path


def _open_locked(path: Path) -> int:
    """A descriptor of the lock's file that this process holds alone."""
    import fcntl  # noqa: PLC0415 - Windows has none

    while True:
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            found = os.open(path, flags, 0o644)
        except OSError as error:
            step = "remove it" if path.exists() or path.is_symlink() else "mend its folder"
            raise PlannerError(
                f"cannot lock {path}: {error.strerror}; {step} or choose --snapshots"
            ) from error
        if not stat.S_ISREG(os.fstat(found).st_mode):
            os.close(found)
            raise PlannerError(f"cannot lock {path}: it is no plain file; remove it")
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_named(found, path):
                return found
        except BlockingIOError:
            message = f"{path.parent} is held by {_told(path)}; wait until it is done"
            os.close(found)
            raise PlannerError(message) from None
        except BaseException:
            os.close(found)
            raise
        # Its last holder removed it between the two calls: the next one has a new file.
        os.close(found)


def _sign(file: BinaryIO, path: Path, holder: Holder) -> None:
    """Say in the lock who holds it."""
    try:
        file.truncate()
        file.write(msgspec.json.encode(holder))
        file.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
            file.close()  # what is still buffered would complain again
        raise PlannerError(
            f"cannot write {path}: {error.strerror or error}; make room or choose --snapshots"
        ) from error


def _is_named(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def _told(path: Path) -> str:
    """Who says to hold a lock; what cannot be read says nothing."""
    try:
        holder = msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        return "another planner collect"
    return f"process {holder.pid} on {holder.host} since {holder.since:%Y-%m-%d %H:%M:%S} UTC"
