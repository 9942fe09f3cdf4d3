"""Looking at folders and opening what stands in them: what may not be read is told, never hidden.

A folder without permission looks empty to a glob, and a pipe under a file's name waits for ever.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from planner.errors import BadFileError


def entries(folder: Path) -> list[tuple[Path, bool]]:
    """What stands in a folder, by name, and whether it is a folder (also by a link); [] if none.

    BadFileError where it may not be looked at.
    """
    try:
        with os.scandir(folder) as found:
            return sorted((folder / one.name, one.is_dir()) for one in found)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise BadFileError(
            f"{folder}: {error.strerror}; mend its permissions, or choose another folder"
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A plain file to read. BadFileError where it is none or may not be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadFileError(f"{path}: is no plain file; move it away")
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}; restore it or remove it") from error
