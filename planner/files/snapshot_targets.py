"""Where an export goes: a file of this machine, or one of an object store that pyarrow knows."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.errors import MissingExtraError, PlannerError, UsageError
from planner.files.atomic import replacing

FORMATS = {".parquet": "parquet", ".csv": "csv", ".db": "sqlite", ".sqlite": "sqlite"}
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://")


def format_of(target: str, chosen: str | None) -> str:
    """The format that was chosen, else the one that the name's ending says; UsageError for none."""
    found = chosen or FORMATS.get(Path(target).suffix.lower())
    if found is None:
        raise UsageError(
            f"{target} has none of the endings {', '.join(FORMATS)}; give --as parquet|csv|sqlite"
        )
    return found


@contextlib.contextmanager
def writing_to(target: str, *, force: bool) -> Iterator[Path]:
    """A file to write to; when the block ends well, what is in it stands at the target, whole.

    PlannerError where something is there already, unless `force`, or the place cannot be
    written to.
    """
    place = _remote if _REMOTE.match(target) else _local
    with place(target, force=force) as path:
        yield path


@contextlib.contextmanager
def _local(target: str, *, force: bool) -> Iterator[Path]:
    path = Path(target)
    if path.is_dir() or (not force and (path.exists() or path.is_symlink())):
        what = "is a folder; name a file" if path.is_dir() else "is there already; give --force"
        raise PlannerError(f"{path} {what}")
    if not path.parent.is_dir():
        raise PlannerError(f"there is no folder {path.parent}; make it first")
    try:
        with replacing(path) as temporary:
            yield temporary
    except OSError as error:
        raise PlannerError(f"cannot write {path}: {error.strerror or error}") from error


@contextlib.contextmanager
def _remote(target: str, *, force: bool) -> Iterator[Path]:
    """A temporary file that is copied to an object store when it is whole."""
    try:
        from pyarrow import fs  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(
            f"{target} needs pyarrow; pip install 'cloud-llm-planner[history]', or write to a file"
        ) from error
    store, path = _store(fs, target)
    try:
        if not force and store.get_file_info(path).type is not fs.FileType.NotFound:
            raise PlannerError(f"{target} is there already; give --force")
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / "export"
            yield temporary
            with temporary.open("rb") as file, store.open_output_stream(path) as there:
                shutil.copyfileobj(file, there, 1 << 20)
    except OSError as error:
        raise PlannerError(f"cannot write {target}: {' '.join(str(error).split())}") from error


def _store(fs: Any, target: str) -> tuple[Any, str]:
    try:
        store, path = fs.FileSystem.from_uri(target)
    except (ValueError, OSError, NotImplementedError) as error:
        words = " ".join(str(error).split())
        raise UsageError(
            f"{target} is no place to write to ({words}); give a file's name"
        ) from error
    return store, path
