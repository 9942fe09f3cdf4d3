"""Forecasts of a file of cases: each row's, or the reasons why it has none."""

from collections.abc import Iterable

from planner.core.cases import Case, Facts, Read, read_case
from planner.core.forecast_answer import ForecastEntry, entry_of
from planner.core.throughput import Forecast, Forecaster


def forecast_cases(
    cases: Iterable[Case], facts: Facts, forecaster: Forecaster
) -> tuple[ForecastEntry, ...]:
    """An entry for each case, in their order."""
    return tuple(_entry(case, read_case(case, facts), forecaster) for case in cases)


def _entry(case: Case, read: Read, forecaster: Forecaster) -> ForecastEntry:
    run = read.run
    if run is None:
        told = Forecast(dtype=None, basis=forecaster.efficiencies.basis, reasons=read.reasons)
        lengths: tuple[float | None, float | None] = (None, None)
        gpus = None
    else:
        told = forecaster.of_run(run)
        lengths = (run.traffic.input_tokens, run.traffic.output_tokens)
        gpus = float(read.num_gpus or 0)
    return entry_of(
        told,
        case=case.case,
        model=read.architecture.model if read.architecture else case.model,
        gpu=read.gpu.name if read.gpu else case.gpu_norm or case.gpu,
        num_gpus=gpus,
        lengths=lengths,
        notes=read.notes,
    )
