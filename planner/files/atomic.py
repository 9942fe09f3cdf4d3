"""Writing a file so that a reader sees the old one or the new one, whatever is killed when."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_SUFFIX = ".planner.tmp"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    OSError where the folder cannot be written to or the disk is full; the old file then stays as
    it was.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` to write to; it takes its place when the block ends well.

    fsync comes before the rename. Temporary files that killed writers left in the folder are
    removed first.
    """
    _sweep(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_SUFFIX)
    try:
        with os.fdopen(descriptor, "r+b") as file:
            with contextlib.suppress(ImportError, OSError):
                _hold(file)
            yield Path(name)
            os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        _sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove the temporary files of killed writers; a living one holds its own."""
    for stray in folder.glob(f".*{_SUFFIX}"):
        with contextlib.suppress(ImportError, OSError), stray.open("r+b") as file:
            _hold(file)
            stray.unlink()


def _hold(file: IO[bytes]) -> None:
    """Lock a file until it is closed or its process ends; OSError where another one holds it."""
    import fcntl  # noqa: PLC0415 - Windows has none: nothing is swept there

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
