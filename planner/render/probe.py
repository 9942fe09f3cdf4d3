"""`planner probe` for people: what came out at best, then a row a load, then what it rests on."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from planner.core.measurements import Device, Measurement, Percentiles
from planner.core.probe_answer import ProbeAnswer
from planner.core.probed import Comparison
from planner.render.columns import Column, table
from planner.render.listing import page
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, count

_NARROW = 70
_WIDE = 110
_TINY = 50
_NO_MORE = 1.05  # what brings less than this more is no better load
_BAR = 16  # letters of the longest bar
_WORDS = {
    "static": "handed to the model at once",
    "closed_loop": "clients",
    "open_loop": "requests under way",
    "burst": "requests at once, queued",
}


def probe_text(answer: ProbeAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    rows = answer.measurements
    if not rows:
        return page(screen, ["Nothing was measured."], [], [], whole=True)
    sets = [tuple(own) for _, own in groupby(rows, key=_set)]
    if len({one.model for one in rows}) > 1:
        return _many(answer, sets, screen, whole=whole)
    tail = [*_ceilings(rows[-1]), *_compared(answer.comparisons), *_said(rows)]
    tail += [f"{note[0].upper()}{note[1:]}." for note in answer.notes]
    if answer.kept:
        tail.append(f"Kept in {', '.join(plain(path) for path in answer.kept)}.")
    if answer.kept and rows[-1].device.gpu and rows[-1].engine:
        tail.append(f"What that changes: planner gpus {plain(rows[-1].model)}.")
    first, *others = sets
    body = screen.lines([table(_columns(first, screen))])
    for own in others:
        body += ["", *screen.lines([Text(_headline(own))]), ""]
        body += screen.lines([table(_columns(own, screen))])
    return page(screen, [_headline(first)], body, tail, whole=whole)


def _many(
    answer: ProbeAnswer, sets: Sequence[Sequence[Measurement]], screen: Screen, *, whole: bool
) -> str:
    """The best row of each set of measurements, the newest first."""
    best = [_best(own) for own in reversed(sets)]
    columns: list[Column] = [
        ("Model", [plain(one.model) for one in best], False),
        ("Load", [_load(one) for one in best], True),
        ("tok/s", [_figure(one.output_tokens_per_second) for one in best], True),
    ]
    if screen.width >= _TINY:
        columns.insert(0, ("Measured", [f"{one.measured_at:%Y-%m-%d}" for one in best], False))
        columns.insert(2, ("On", [plain(_machine(one.device)) for one in best], False))
    if screen.width >= _NARROW:
        columns.insert(3, ("Engine", [plain(one.engine or UNKNOWN) for one in best], False))
    if screen.width >= _WIDE:
        columns.insert(3, ("Weights", [plain(one.dtype or UNKNOWN) for one in best], False))
        columns.append(("TPOT ms", [_times(one.tpot_ms, screen) for one in best], True))
    head = f"{count(len(answer.measurements), 'measurement')}; each row is the best of a set."
    tail = [*_compared(answer.comparisons), *(f"{n[0].upper()}{n[1:]}." for n in answer.notes)]
    if answer.kept:
        tail.append(f"Kept in {', '.join(plain(path) for path in answer.kept)}.")
    tail.append("All of a model's: planner probe --kept MODEL.")
    return page(screen, [head], screen.lines([table(columns)]), tail, whole=whole)


def _best(rows: Sequence[Measurement]) -> Measurement:
    """The first load that no other one brings 5% more than; failing ones only among themselves."""
    sound = [one for one in rows if not one.fails] or rows
    most = max(_rate(one) for one in sound)
    return next(one for one in sound if _rate(one) * _NO_MORE >= most)


def _rate(one: Measurement) -> float:
    return one.output_tokens_per_second or 0.0


def _set(one: Measurement) -> tuple[object, ...]:
    """What the rows of one sweep share."""
    device = one.device
    ran = (one.model, one.served_as, one.engine, one.dtype, one.kv_dtype, one.source)
    return (*ran, device.gpu or device.name, device.count, one.replicas, one.tensor_parallel)


def _headline(rows: Sequence[Measurement]) -> str:
    first = rows[0]
    best = _best(rows)
    engine = f" under {first.engine}" if first.engine else ""
    what = f"{first.model}{f' in {first.dtype}' if first.dtype else ''}{engine}"
    if best.output_tokens_per_second is None:
        return plain(f"{what}: no answer was measured.")
    if best.fails:
        return plain(f"{what}: requests failed at every load, so that none shows what it delivers.")
    at_once = best.concurrency or best.prompts
    words = _WORDS[best.drive]
    words = words.replace("clients", "client") if at_once == 1 else words
    load = f"{at_once:,.3g} {words}" if at_once else "its best load"
    told = f"{_rounded(best.output_tokens_per_second)} output tokens per second with {load}"
    told += ", more bring no more" if best.saturated else ", the most that was measured"
    if best.flags and best.drive == "static":
        told += " (doubtful, see !)"
    kept = [one for one in rows if one.goodput is not None and not one.fails]
    if kept:
        good = max(kept, key=lambda one: one.goodput.requests_per_second if one.goodput else 0)
        if good.goodput is not None:
            told += (
                f"; within the limits at most {_rounded(good.goodput.requests_per_second)} "
                f"requests per second, at {_load(good)}"
            )
    return plain(f"{what} on {_machine(first.device)}{_layout(first)}: {told}.")


def _layout(one: Measurement) -> str:
    """How the model lay on the devices, where there were several."""
    copies, split = one.replicas or 1, one.tensor_parallel or 1
    told = [f"{copies} copies"] * (copies > 1) + [f"split over {split}"] * (split > 1)
    return f" ({', each '.join(told)})" if told else ""


def _machine(device: Device) -> str:
    name = device.gpu or device.name or "an unnamed machine"
    if device.gpu is None and device.cpus and not device.driver:
        return f"{count(device.cpus, 'CPU')} ({name})"
    return f"{device.count} x {name}" if device.count > 1 else name


def _columns(rows: Sequence[Measurement], screen: Screen) -> list[Column]:
    """Those that some row has a figure for, as many as the screen is wide for."""
    most = max(_rate(one) for one in rows)
    columns: list[Column] = [
        ("In/out", [_lengths(one) for one in rows], True),
        ("Load", [_load(one) for one in rows], True),
        ("tok/s", [_figure(one.output_tokens_per_second) for one in rows], True),
    ]
    if screen.width >= _WIDE and most:
        columns.append(("", [_bar(one.output_tokens_per_second, most) for one in rows], False))
    times = {
        "TTFT ms": [one.ttft_ms for one in rows],
        "TPOT ms": [one.tpot_ms for one in rows],
    }
    columns += [
        (name, [_times(each, screen) for each in own], True)
        for name, own in times.items()
        if any(own) and (name == "TPOT ms" or screen.width >= _TINY)
    ]
    if screen.width < _TINY:
        return [*columns, ("", ["!" * bool(one.flags) for one in rows], False)]
    if any(one.mbu is not None or one.mfu is not None for one in rows):
        columns += [
            ("MBU", [_share(one.mbu) for one in rows], True),
            ("MFU", [_share(one.mfu) for one in rows], True),
        ]
    if any(one.goodput is not None for one in rows):
        good = [one.goodput.requests_per_second if one.goodput else None for one in rows]
        columns.append(("good req/s", [_figure(each) for each in good], True))
    if any(one.requests is not None and one.requests.failed for one in rows):
        failed = [f"{one.requests.failed:,}" if one.requests else UNKNOWN for one in rows]
        columns.append(("failed", failed, True))
    if screen.width >= _WIDE and any(one.peak_memory_gib for one in rows):
        columns.append(("peak GiB", [_figure(one.peak_memory_gib) for one in rows], True))
    if screen.width >= _NARROW:
        columns.append(("", [_mark(one) for one in rows], False))
    return columns


def _lengths(one: Measurement) -> str:
    output = f"{one.output_tokens:,.0f}" if one.output_tokens else UNKNOWN
    return f"{one.input_tokens:,.0f}/{output}"


def _load(one: Measurement) -> str:
    if one.request_rate is not None:
        return f"{one.request_rate:g}/s"
    if one.prompts is not None:
        return f"{one.prompts:,} queued"
    return UNKNOWN if one.concurrency is None else f"{one.concurrency:,.3g}"


def _mark(one: Measurement) -> str:
    return " ".join(["!"] * bool(one.flags) + ["saturated"] * bool(one.saturated))


def _bar(rate: float | None, most: float) -> str:
    return "█" * max(1, round(_BAR * rate / most)) if rate else ""


def _times(times: Percentiles | None, screen: Screen) -> str:
    """The median, and the 99th percentile where there is room."""
    if times is None:
        return UNKNOWN
    if screen.width < _WIDE or times.p99 is None:
        return _rounded(times.p50)
    return f"{_rounded(times.p50)} (p99 {_rounded(times.p99)})"


def _ceilings(one: Measurement) -> list[str]:
    device = one.device
    if device.bandwidth_gb_per_s is None or device.matmul_tflops is None:
        return []
    bandwidth, products = f"{device.bandwidth_gb_per_s:,.4g}", f"{device.matmul_tflops:,.3g}"
    kind = one.dtype
    return [f"Ceilings of this device: {bandwidth} GB/s (MBU), {products} TFLOPS in {kind} (MFU)."]


def _compared(comparisons: Sequence[Comparison]) -> list[str]:
    """How far forecasts are from what was measured, for each basis."""
    told = []
    for basis in dict.fromkeys(one.basis for one in comparisons):
        own = [one for one in comparisons if one.basis == basis]
        errors = sorted(abs(one.error) for one in own)
        bias = sorted(one.error for one in own)[len(own) // 2]
        inside = sum(one.within for one in own)
        way = {
            "textbook": "The textbook's shares of these ceilings (MBU 0.8, MFU 0.5)",
            "transferred": "The forecast from published figures",
        }.get(basis, f"The {basis} forecast")
        told.append(
            f"{way} would have said: off by {errors[len(errors) // 2]:.0%} in the middle "
            f"({bias:+.0%}), {inside} of {len(own)} within its interval."
        )
    return told


def _said(rows: Sequence[Measurement]) -> list[str]:
    """Flags with the loads that they are of, then notes, each once."""
    flags: dict[str, list[str]] = {}
    several = len({_lengths(one) for one in rows}) > 1
    for one in rows:
        where = f"{_lengths(one)} with {_load(one)}" if several else _load(one)
        for flag in one.flags:
            flags.setdefault(flag, []).append(where)
        if one.requests is not None:
            for what, times in one.requests.errors.items():
                flags.setdefault(f"{times:,} failed, {what}", []).append(where)
    told = [plain(f"! at {', '.join(loads)}: {flag}.") for flag, loads in flags.items()]
    notes = dict.fromkeys(note for one in rows for note in one.notes)
    return told + [plain(f"{note[0].upper()}{note[1:]}.") for note in notes]


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}"


def _figure(value: float | None) -> str:
    return UNKNOWN if value is None else _rounded(value)


def _rounded(value: float) -> str:
    """Three digits are more than rounds agree in."""
    return f"{float(f'{value:.3g}'):,.10g}"
