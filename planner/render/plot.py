"""Cost curves as a picture, for reports and slides."""

from pathlib import Path

from planner.core.breakeven_answer import BreakevenAnswer
from planner.errors import MissingExtraError, PlannerError
from planner.render.curve_plot import chosen
from planner.render.money import converted, currency
from planner.render.safe import plain

_FORMATS = ("png", "svg", "pdf")


def check_picture(path: Path) -> None:
    """PlannerError where no picture can stand at a path, before anything is worked out."""
    if _kind(path) not in _FORMATS:
        raise PlannerError(f"{path} is no picture; end its name in .{' or .'.join(_FORMATS)}")
    if not path.parent.is_dir():
        raise PlannerError(f"there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise PlannerError(f"{path} is a folder; name a file")


def _kind(path: Path) -> str:
    return path.suffix.removeprefix(".").casefold()


def draw_breakeven(answer: BreakevenAnswer, path: Path) -> None:
    """Draw the cost of every way over the volume into a PNG, SVG or PDF file.

    MissingExtraError without matplotlib, PlannerError where the file cannot be written.
    """
    check_picture(path)
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - a second that only --plot needs
    except ImportError:
        raise MissingExtraError(
            "--plot needs matplotlib; pip install 'cloud-llm-planner[plots]'"
        ) from None
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.add_subplot()
    for curve in chosen(answer):
        volumes = [v / 1e6 for v in curve.tokens_per_hour]
        axes.plot(
            volumes,
            [float(converted(usd)) for usd in curve.usd_per_hour],
            label=_text(curve.option),
        )
    for crossing in answer.crossings:
        volume = (crossing.input_tokens_per_hour + crossing.output_tokens_per_hour) / 1e6
        axes.plot([volume], [float(converted(crossing.usd_per_hour))], "ko", markersize=5)
    axes.set_title(_text(f"{answer.model} on {answer.on}, input share {answer.input_share:g}"))
    axes.set_xlabel("million tokens per hour, input and output")
    axes.set_ylabel(f"{currency()} per hour")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small")
    try:
        figure.savefig(path, format=_kind(path))
    except OSError as error:
        raise PlannerError(
            f"cannot write {path}: {error.strerror}; choose another --plot"
        ) from None


def _text(words: str) -> str:
    """Words that matplotlib does not take as mathematics."""
    return plain(words).replace("$", r"\$")
