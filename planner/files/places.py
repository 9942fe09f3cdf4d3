"""Where snapshots and price tables are: the user's own folder first, then the carried data."""

from collections.abc import Sequence
from pathlib import Path

from planner.errors import UsageError

MEASURED = "probe"
"""The folder of measurements among those of the providers; it holds no snapshots."""

_PACKAGE = Path(__file__).resolve().parent.parent


def carried_folder(what: str) -> Path:
    """The carried `snapshots` or `pricing`: inside an installed package, else the repository's."""
    inside = _PACKAGE / "carried" / what
    return inside if inside.is_dir() else _PACKAGE.parent / what


def own_folder(what: str, chosen: Path | None) -> Path | None:
    """The user's own folder: the chosen one, else ./snapshots or ./pricing where it exists.

    UsageError where the chosen one does not exist. None where there is none, or where it is the
    carried one (planner run from its own repository).
    """
    if chosen is not None and not chosen.is_dir():
        raise UsageError(f"{chosen} is no folder; give --{what} an existing one")
    folder = chosen or Path(what)
    if not folder.is_dir() or folder.resolve() == carried_folder(what).resolve():
        return None
    return folder


def folders(what: str, chosen: Path | None) -> Sequence[Path]:
    """The user's own folder, where there is one, and the carried one, in order of precedence."""
    own = own_folder(what, chosen)
    return [carried_folder(what)] if own is None else [own, carried_folder(what)]
