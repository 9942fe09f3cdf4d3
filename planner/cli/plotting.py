"""`--plot FILE`: cost curves as a picture, checked before anything is computed."""

from pathlib import Path

from planner.core.breakeven_answer import BreakevenAnswer
from planner.errors import PlannerError
from planner.files.atomic import write_atomically

_KINDS = ("png", "svg", "pdf")


def check_plot(path: Path | None) -> None:
    """PlannerError where no picture can be of such a name, or in such a folder."""
    if path is None:
        return
    if _kind(path) not in _KINDS:
        raise PlannerError(f"{path} is no picture; end its name in .{' or .'.join(_KINDS)}")
    if not path.parent.is_dir():
        raise PlannerError(f"cannot write {path}: {path.parent} is no folder; make it")


def write_plot(answer: BreakevenAnswer, path: Path) -> None:
    """Draw the cost curves into a file, whole or not at all. PlannerError where that fails."""
    from planner.render.plot import draw_breakeven  # noqa: PLC0415 - matplotlib is slow

    picture = draw_breakeven(answer, _kind(path))
    try:
        write_atomically(path, picture)
    except OSError as error:
        raise PlannerError(
            f"cannot write {path}: {error.strerror}; make room or choose another --plot"
        ) from None


def _kind(path: Path) -> str:
    return path.suffix.removeprefix(".").casefold()
