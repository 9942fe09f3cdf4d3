"""`planner forecast` and `planner gpus` for people: the rate with its interval, then the rows."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from planner.core.forecast_answer import ForecastAnswer, ForecastEntry, GpuOption, GpusAnswer
from planner.core.throughput import Interval
from planner.render.columns import Column, table
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, count

_BASIS = {
    "measured": "on such a machine",
    "anchored": "a fit to published figures, moved to own measurements",
    "transferred": "a fit to published figures of other GPUs, models and engines",
    "textbook": "the same efficiencies for every engine and GPU",
}
_NARROW = 70
_WIDE = 110
_TOP = 3  # reasons that are told


def forecast_text(answer: ForecastAnswer, screen: Screen) -> str:
    """A sentence a forecast: the rate, the times, what it rests on; or why there is none."""
    return screen.text(*(Text(plain(line)) for one in answer.forecasts for line in _told(one)))


def cases_text(answer: ForecastAnswer, screen: Screen) -> str:
    """A row a case, then why some have none."""
    told = [one for one in answer.forecasts if one.output_tokens_per_second is not None]
    failed = [one for one in answer.forecasts if one.output_tokens_per_second is None]
    body = screen.lines([table(_case_columns(told, screen))]) if told else []
    noted = Counter(note for one in told for note in one.notes)
    tail = [f"{plain(note)}: {count(n, 'case')}." for note, n in noted.most_common(_TOP)]
    tail += [f"{plain(one.case or UNKNOWN)}: {plain('; '.join(one.reasons))}." for one in failed]
    of = f"{count(len(answer.forecasts), 'case')}"
    return page(screen, [f"{len(told)} of {of} forecast."], body, tail, whole=True)


def _case_columns(told: Sequence[ForecastEntry], screen: Screen) -> list[Column]:
    columns: list[Column] = [
        ("Case", [plain(one.case or UNKNOWN) for one in told], False),
        ("Model", [plain(one.model) for one in told], False),
        ("GPUs", [_gpus(one.num_gpus, one.gpu) for one in told], False),
    ]
    ends = ("low", "mid", "high") if screen.width >= _NARROW else ("mid",)
    for end in ends:
        rates = [one.output_tokens_per_second for one in told]
        cells = [_rounded(getattr(rate, end)) if rate else UNKNOWN for rate in rates]
        columns.append((f"tok/s {end}", cells, True))
    if screen.width >= _WIDE:
        columns.append(("TPOT ms", [_time(one.tpot_ms) for one in told], True))
        columns.append(("Engine", [plain(one.engine or UNKNOWN) for one in told], False))
        columns.append(("Basis", [one.basis for one in told], False))
    return columns


def gpus_text(answer: GpusAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    fitting = [option for option in answer.options if option.fits]
    others = [option for option in answer.options if not option.fits]
    body = screen.lines([table(_columns(fitting, screen))]) if fitting else []
    reasons = Counter(reason for option in others for reason in option.reasons[:1])
    tail = [f"Not on {count(n, 'machine')}: {plain(why)}." for why, n in reasons.most_common(_TOP)]
    if len(reasons) > _TOP:
        tail.append(f"{count(len(reasons) - _TOP, 'other reason')}: --json.")
    if any(option.basis == "measured" for option in fitting):
        tail.append("* measured on such a machine; the others are forecast.")
    if fitting and fitting[0].basis in ("measured", "anchored") and fitting[0].notes:
        tail.append(f"{plain(fitting[0].instance)}: {plain('; '.join(fitting[0].notes))}.")
    tail += [f"{note[0].upper()}{note[1:]}." for note in answer.notes]
    tail.append(f"From what traffic on that pays: planner breakeven {answer.model}.")
    return page(screen, [_headline(answer, fitting)], body, tail, whole=whole)


def _headline(answer: GpusAnswer, fitting: Sequence[GpuOption]) -> str:
    lengths = f"{answer.input_tokens}/{answer.output_tokens}"
    if not fitting:
        return f"{answer.model}: no machine of the tables serves requests of {lengths} tokens."
    best = fitting[0]
    place = f" in {best.region}" if best.region else ""
    return (
        f"{answer.model}: {best.instance} ({best.provider}{place}) at "
        f"{money(best.usd_per_mtok_output)} {currency()} per million output tokens, requests of "
        f"{lengths}, always full, the low end of the forecast ({best.basis}); "
        f"{count(len(fitting), 'machine')} of {len(answer.options)} can serve it."
    )


def _columns(options: Sequence[GpuOption], screen: Screen) -> list[Column]:
    columns: list[Column] = [
        ("Machine", [_machine(o) for o in options], False),
        ("GPUs", [_gpus(o.gpus, o.gpu) for o in options], False),
        (f"{currency()}/Mtok", [money(o.usd_per_mtok_output) for o in options], True),
    ]
    if screen.width >= _NARROW:
        columns.append((f"{currency()}/h", [money(o.usd_per_hour) for o in options], True))
    ends = ("low", "mid", "high") if screen.width >= _WIDE else ("low", "mid")
    for end in ends:
        rates = [o.output_tokens_per_second for o in options]
        cells = [_rounded(getattr(rate, end)) if rate else UNKNOWN for rate in rates]
        columns.append((f"tok/s {end}", cells, True))
    if screen.width >= _WIDE:
        columns.insert(2, ("Copies", [_copies(o) for o in options], False))
        columns.insert(3, ("Weights", [o.dtype or UNKNOWN for o in options], False))
        columns.append(("at once", [f"{o.concurrency:,}" for o in options], True))
        columns.append(("TPOT ms", [_time(o.tpot_ms) for o in options], True))
        columns.append(("Region", [plain(o.region or UNKNOWN) for o in options], False))
    return columns


def _machine(option: GpuOption) -> str:
    """The instance; a star where its rate was measured."""
    return plain(option.instance) + ("*" if option.basis == "measured" else "")


def _copies(option: GpuOption) -> str:
    """How many copies of the model it holds, and over how many GPUs each is split."""
    split = option.tensor_parallel or 1
    return f"{option.replicas_per_instance}" + (f" on {split} each" if split > 1 else "")


def _gpus(gpus: float | None, gpu: str) -> str:
    name = gpu.removeprefix("NVIDIA ").removeprefix("AMD ")
    return plain(f"{f'{gpus:.3g}' if gpus is not None else '?'} x {name}")


def _told(one: ForecastEntry) -> list[str]:
    what = f"{one.model} in {one.dtype} on {one.num_gpus:g} x {one.gpu}"
    if one.output_tokens_per_second is None:
        return [f"{what}: no forecast. {'; '.join(one.reasons)}."]
    gpus = count(one.tensor_parallel or 1, "GPU")
    load = (
        f"{what}: {_rate(one.output_tokens_per_second)} output tokens per second (low, middle,"
        f" high) with {count(one.concurrency or 0, 'request')} of {one.input_tokens:g} in and"
        f" {one.output_tokens:g} out at once."
    )
    times = (
        f"First token {_time(one.ttft_ms)} ms in steady load, then {_time(one.tpot_ms)} ms a"
        f" token. {count(one.replicas or 1, 'replica')} on {gpus} under {one.engine}; room for"
        f" {count(one.max_concurrency or 0, 'request')} of this length."
    )
    basis = "; ".join((_BASIS[one.basis], *one.notes))
    return [load, times, f"Basis: {one.basis}, {basis}."]


def _rate(rate: Interval | None) -> str:
    if rate is None:
        return UNKNOWN
    return " - ".join(_rounded(value) for value in (rate.low, rate.mid, rate.high))


def _rounded(value: float) -> str:
    """Three digits are more than a forecast knows."""
    return f"{float(f'{value:.3g}'):,.10g}"


def _time(milliseconds: float | None) -> str:
    return UNKNOWN if milliseconds is None else f"{milliseconds:,.1f}"
