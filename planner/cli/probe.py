"""`planner probe`: what a GPU, or a running server, really delivers, kept as a dated record."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from planner.cli.options import Exemplified, Settings, common, settings
from planner.cli.output import note, show
from planner.cli.probe_options import OF_A_FILE, OF_A_MODEL, OF_A_SERVER, probe_options
from planner.cli.probing import Asked, Tell, canonical, from_files, from_server, from_shape
from planner.cli.serving import case_facts
from planner.core.measurements import Measurement
from planner.core.probe_answer import ProbeAnswer
from planner.core.probed import Comparison, compared
from planner.errors import NoDataError, PlannerError, UsageError
from planner.files.efficiencies import efficiencies
from planner.files.lock import check_room
from planner.files.measurements import check_day, keep, kept
from planner.files.places import folders

IN_PART = 3
_COLUMNS = [
    "measured_at", "model", "engine", "device_name", "device_gpu", "device_count", "dtype",
    "drive", "concurrency", "request_rate", "input_tokens", "output_tokens",
    "output_tokens_per_second", "ttft_ms_p50", "tpot_ms_p50", "mbu", "mfu",
    "goodput_requests_per_second", "requests_failed", "flags", "notes",
]  # fmt: skip


@click.command(
    "probe",
    cls=Exemplified,
    epilog="Example: planner probe --kept",
)
@click.argument("model", required=False)
@probe_options
@common
def command(*, model: str | None, kept: bool, dry_run: bool, every_row: bool, **given: Any) -> int:
    """Measure MODEL's shape on this machine, or a running server, and keep the record.

    MODEL is a name of the tables, a folder with a config.json, or a Hugging Face id; it is built
    of random weights, nothing is downloaded. Measurements lie in snapshots/probe and make
    forecast, gpus and breakeven more certain. A server's key is read from PLANNER_PROBE_API_KEY.
    """
    chosen, asked = settings(), Asked(model=model, **given)
    measure = _way(asked, listed=kept)
    if measure is None:
        answer = _answer(_kept_of(model, chosen), (), ())
        _show(answer, chosen, every_row=every_row)
        return 0
    keeping = None if dry_run else Keeping(chosen.snapshots or Path("snapshots"))
    done: list[Measurement] = []
    try:
        found = measure(asked, lambda line: note(chosen, line), done.append)
    except BaseException as error:
        if done and keeping is not None:
            _keep_in_part(keeping, done, chosen)
        elif isinstance(error, KeyboardInterrupt):
            note(chosen, "nothing was measured yet")
        raise
    written, fault = _kept(keeping, found)
    _show(_answer(found, written, _missing(found)), chosen, every_row=every_row)
    if fault is not None:
        raise fault
    if dry_run:
        note(chosen, "dry run: nothing was kept")
    failed = sum(one.requests.failed for one in found if one.requests is not None)
    if failed:
        note(chosen, f"failed requests: {failed:,}; the rows say how")
    return IN_PART if failed and not asked.imports else 0


class Keeping:
    """A folder to keep measurements in, found fit for it before anything is measured."""

    def __init__(self, folder: Path) -> None:
        check_room(folder)
        self.folder, self.began = folder, dt.datetime.now(dt.UTC)
        check_day(folder, self.began)

    def keep(self, found: Sequence[Measurement]) -> tuple[Path, ...]:
        """Append them; PlannerError where that fails after all."""
        return keep(self.folder, found, self.began)


def _kept(
    keeping: Keeping | None, found: Sequence[Measurement]
) -> tuple[tuple[Path, ...], PlannerError | None]:
    """Where they are kept, or why they are not: they are shown all the same."""
    try:
        return ((), None) if keeping is None else (keeping.keep(found), None)
    except PlannerError as error:
        return (), error


def _keep_in_part(keeping: Keeping, done: Sequence[Measurement], chosen: Settings) -> None:
    """Keep what was measured before something went wrong, which stays the error."""
    written, fault = _kept(keeping, done)
    where = ", ".join(str(path) for path in written)
    note(chosen, f"what was measured is in {where}" if fault is None else str(fault))


def _missing(found: Sequence[Measurement]) -> tuple[str, ...]:
    """What is not known of a server, and keeps its measurements from forecasts."""
    placed = [one for one in found if one.device.gpu]
    notes = []
    if any(one.engine is None for one in placed):
        notes.append("no forecast starts from this: the engine is not known; say --engine")
    if any(one.dtype is None for one in placed):
        notes.append("the format of the weights is guessed, so this anchors at most; say --dtype")
    return tuple(notes)


def _way(
    asked: Asked, *, listed: bool
) -> Callable[[Asked, Tell, Callable[[Measurement], None]], tuple[Measurement, ...]] | None:
    """How to come by measurements, None for those that are kept; UsageError for a mixture."""
    ways = {"--url": asked.url, "--import": asked.imports, "--kept": listed}
    named = [name for name, value in ways.items() if value]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} are ways of their own; give one of them")
    way = named[0] if named else "MODEL"
    if way == "MODEL" and asked.model is None:
        raise UsageError("give MODEL, --url URL, --import FILE or --kept")
    for own, names in (("MODEL", OF_A_MODEL), ("--url", OF_A_SERVER), ("--import", OF_A_FILE)):
        if own != way:
            _refuse(names, f"speaks of {'a model' if own == 'MODEL' else own}; leave it out")
    if way == "MODEL":
        _refuse(("gpu", "engine", "kv_dtype"), "is told by the machine itself; leave it out")
    known = {"--url": from_server, "--import": from_files, "MODEL": from_shape}
    return known.get(way)


def _refuse(names: Sequence[str], why: str) -> None:
    context = click.get_current_context()
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name or "")
        if parameter.name in names and given is ParameterSource.COMMANDLINE:
            raise UsageError(f"{parameter.opts[0]} {why}")


def _kept_of(model: str | None, chosen: Settings) -> tuple[Measurement, ...]:
    """The kept measurements of a model, or all; NoDataError where there is none."""
    found, faults = kept(folders("snapshots", chosen.snapshots))
    note(chosen, *faults)
    name = model and canonical(model)
    own = tuple(one for one in found if name is None or one.model in (name, model))
    if not own:
        of = f" of {model}" if model else ""
        raise NoDataError(f"no measurement{of} is kept; planner probe MODEL makes one")
    return own


def _answer(
    found: Sequence[Measurement], written: Sequence[Path], notes: tuple[str, ...]
) -> ProbeAnswer:
    facts, known = case_facts(), efficiencies()
    beside = [compared(one, facts, known) for one in found]
    reasons = dict.fromkeys(one for one in beside if isinstance(one, str))
    return ProbeAnswer(
        measurements=tuple(found),
        comparisons=tuple(one for one in beside if isinstance(one, Comparison)),
        kept=tuple(str(path) for path in written),
        notes=(*notes, *(f"not compared with a forecast: {reason}" for reason in reasons)),
    )


def _show(answer: ProbeAnswer, chosen: Settings, *, every_row: bool) -> None:
    def table() -> str:
        from planner.render.probe import probe_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return probe_text(answer, screen(), every_row=every_row)

    show(chosen, answer, answer.measurements, table, _COLUMNS, of=Measurement)
