"""Cost curves as a picture, for reports and slides."""

from io import BytesIO

from planner.core.breakeven_answer import BreakevenAnswer
from planner.errors import MissingExtraError
from planner.render.curve_plot import chosen
from planner.render.money import converted, currency
from planner.render.safe import plain


def draw_breakeven(answer: BreakevenAnswer, kind: str) -> bytes:
    """The cost of every way over the volume as a picture, "png", "svg" or "pdf".

    MissingExtraError without matplotlib.
    """
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
    picture = BytesIO()
    figure.savefig(picture, format=kind)
    return picture.getvalue()


def _text(words: str) -> str:
    """Words that matplotlib does not take as mathematics."""
    return plain(words).replace("$", r"\$")
