"""The three ways to a measurement: a model's shape here, a running server, a file of results."""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from planner import __version__
from planner.cli.serving import known_engine, measured_runs
from planner.core.bench_fields import Setting
from planner.core.hardware import WEIGHT_FORMATS
from planner.core.measurements import Device, Measurement
from planner.core.probed import format_of, measurement_of
from planner.errors import BadFileError, UnknownNameError, UsageError
from planner.files.bench_results import read_bench_results
from planner.files.facts import model_names
from planner.files.hardware import find_architecture, find_gpu

if TYPE_CHECKING:
    from planner.probe.shapes import Spec

Tell = Callable[[str], None]
Done = Callable[[Measurement], None]

_TABLES = (".csv", ".tsv")
_WIDE = {"fp32": "fp32", "float32": "fp32"}  # formats that no forecast knows
_KEY = "PLANNER_PROBE_API_KEY"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The call as it was made; see the help of each option."""

    model: str | None
    url: str | None
    imports: tuple[Path, ...]
    gpu: str | None
    gpus: int | None
    tp: int | None
    dtype: str | None
    kv_dtype: str | None
    engine: str | None
    input_tokens: tuple[str, ...]
    output_tokens: str | None
    ttft: float | None
    tpot: float | None
    device: str | None
    max_batch: int | None
    rounds: int | None
    minutes: float | None
    compiled: bool | None
    random_weights: bool
    served_as: str | None
    api: str | None
    concurrency: tuple[int, ...]
    max_concurrency: int | None
    rate: tuple[float, ...]
    requests: int | None
    seconds: float | None
    warmups: int | None
    timeout: float | None
    batch: int | None
    measured_on: dt.date | None

    def machine(self) -> Device:
        """The GPUs that a server or a file was measured on, as far as the call tells."""
        if self.gpu is None:
            if self.gpus or self.tp:
                raise UsageError("--gpus and --tp count GPUs of a kind; say --gpu, too")
            return Device()
        gpu = find_gpu(self.gpu)
        count = self.gpus or self.tp or 1
        if self.tp and count % self.tp:
            raise UsageError(f"--gpus {count} is no multiple of --tp {self.tp}")
        return Device(gpu=gpu.name, count=count)

    def layout(self) -> tuple[int | None, int | None]:
        """GPUs of a copy, and copies: all GPUs share one where the call does not tell."""
        if self.gpu is None:
            return None, None
        count = self.gpus or self.tp or 1
        tensor = self.tp or count
        return tensor, count // tensor


def from_shape(asked: Asked, tell: Tell, done: Done) -> tuple[Measurement, ...]:
    """Measure a model's shape on this machine."""
    from planner.probe.formats import format_named  # noqa: PLC0415
    from planner.probe.shape_probe import ShapeAsk, probe_shape  # noqa: PLC0415
    from planner.probe.sweep import Plan  # noqa: PLC0415

    if asked.ttft is not None:
        raise UsageError("--ttft speaks of --url; a sweep of batches ends at --tpot")
    plan = _given(
        input_tokens=tuple(_whole("--input-tokens", each) for each in asked.input_tokens) or None,
        output_tokens=asked.output_tokens and _whole("--output-tokens", asked.output_tokens),
        max_batch=asked.max_batch,
        rounds=asked.rounds,
        minutes=asked.minutes,
        tpot_limit_ms=asked.tpot,
    )
    ask = ShapeAsk(
        spec=_spec(asked.model or ""),
        dtype=asked.dtype and format_named(asked.dtype),
        device=asked.device or "auto",
        gpus=asked.gpus,
        tensor=asked.tp,
        plan=Plan(**plan),
        compiled=asked.compiled,
        random_weights=asked.random_weights,
    )
    return tuple(_placed(one) for one in probe_shape(ask, tell, lambda one: done(_placed(one))))


def from_server(asked: Asked, tell: Tell, done: Done) -> tuple[Measurement, ...]:
    """Measure a running server."""
    from planner.probe.ask import ServerAsk  # noqa: PLC0415
    from planner.probe.lengths import Lengths  # noqa: PLC0415
    from planner.probe.server import probe_server  # noqa: PLC0415

    if len(asked.input_tokens) > 1:
        raise UsageError("--url is probed with one --input-tokens; 256-1024 and 512~128 vary it")
    tensor, replicas = asked.layout()
    told = _given(
        model=asked.model and canonical(asked.model),
        served_as=asked.served_as,
        engine=asked.engine and known_engine(asked.engine).name,
        api=asked.api,
        input_tokens=Lengths.parse(asked.input_tokens[0]) if asked.input_tokens else None,
        output_tokens=asked.output_tokens and Lengths.parse(asked.output_tokens),
        concurrency=asked.concurrency or None,
        max_concurrency=asked.max_concurrency,
        rates=asked.rate or None,
        requests_per_level=asked.requests,
        seconds_per_level=asked.seconds,
        warmups=asked.warmups,
        timeout_seconds=asked.timeout,
        ttft_limit_ms=asked.ttft,
        tpot_limit_ms=asked.tpot,
        api_key=os.environ.get(_KEY),
        tensor_parallel=tensor,
        replicas=replicas,
        dtype=asked.dtype and _format(asked.dtype),
    )
    ask = ServerAsk(url=asked.url or "", device=asked.machine(), **told)
    now = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    found = probe_server(ask, now=now, tell=tell, done=lambda one: done(_told(one, asked)))
    return tuple(_told(one, asked) for one in found)


def from_files(asked: Asked, tell: Tell, done: Done) -> tuple[Measurement, ...]:
    """Read the results of other tools; `done` has nothing to do, a file is read at once."""
    del done
    tensor, replicas = asked.layout()
    lengths = [_whole("--input-tokens", each) for each in asked.input_tokens]
    day, output = asked.measured_on, asked.output_tokens
    if len(lengths) > 1:
        raise UsageError("a file has one --input-tokens")
    setting = Setting(
        canonical=canonical,
        engine=asked.engine and known_engine(asked.engine).name,
        device=asked.machine(),
        tensor_parallel=tensor,
        replicas=replicas,
        dtype=asked.dtype and _format(asked.dtype),
        model=asked.model,
        measured_at=None if day is None else dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC),
        input_tokens=lengths[0] if lengths else None,
        output_tokens=_whole("--output-tokens", output) if output else None,
        batch=asked.batch,
        ttft_limit_ms=asked.ttft,
        tpot_limit_ms=asked.tpot,
    )  # fmt: skip
    found = [
        one
        for path in asked.imports
        for one in (
            _from_cases(path, asked)
            if path.suffix.lower() in _TABLES
            else read_bench_results(path, setting)
        )
    ]
    found = [_told(one, asked) for one in found]
    tell(f"measurements read: {len(found)}")
    return tuple(found)


def _from_cases(path: Path, asked: Asked) -> Iterator[Measurement]:
    """The rows of a case file with output_tok_s, each on the day or month that it names."""
    for case, run, rate in measured_runs(path, asked.engine or "vllm"):
        day = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", case.date)
        try:
            told = dt.date(*(int(part or 1) for part in day.groups())) if day else asked.measured_on
        except ValueError:
            told = None
        if told is None:
            raise BadFileError(
                f"{path}: {case.case}: date is {case.date!r}; write 2026-11-26 or 2026-11, "
                "or give --measured-on"
            )
        at = dt.datetime.combine(told, dt.time(), tzinfo=dt.UTC)
        yield measurement_of(run, rate, at=at, source=path.name)


def _spec(model: str) -> "Spec":
    """What MODEL says: a place, a model in Hugging Face's local cache, or a name of the tables."""
    from planner.probe.shapes import cached, folder_of, spec_in, spec_of  # noqa: PLC0415

    if (place := folder_of(model)) is not None:
        return spec_in(place)
    if "/" in model and (held := cached(model)) is not None:
        return spec_in(held, canonical(model))
    try:
        return spec_of(find_architecture(model))
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{error}; or give the folder of its config.json, e.g. ./{Path(model).name}"
        ) from None


def _placed(one: Measurement) -> Measurement:
    """With the GPU's name in the tables, where they know what the driver calls it."""
    try:
        gpu = find_gpu(one.device.name or "").name if one.device.driver else None
    except UnknownNameError:
        gpu = None
    device = msgspec.structs.replace(one.device, gpu=gpu)
    return msgspec.structs.replace(one, device=device, versions=_with_ours(one))


def _with_ours(one: Measurement) -> dict[str, str]:
    """The versions with planner's own, where it is the one that measured."""
    ours = {"planner": __version__} if one.source == "planner probe" else {}
    return {**one.versions, **ours}


def _told(one: Measurement, asked: Asked) -> Measurement:
    """With the model's canonical name, and what the call alone tells; of a path its last part."""
    model = canonical(_last(one.model))
    served = one.served_as and _last(one.served_as)
    other = served is not None and canonical(served) != model
    doubt = (f"taken for {model}, as the call says: the server calls it {served}",) * other
    return msgspec.structs.replace(
        one,
        versions=_with_ours(one),
        model=model,
        flags=(*one.flags, *doubt),
        served_as=served,
        kv_dtype=asked.kv_dtype,
    )


def _last(name: str) -> str:
    """A model's name without the folders of a path, which are nobody's business."""
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1] if re.match(r"[/~.]|\w:\\", name) else name


def canonical(model: str) -> str:
    """The name of the tables, by any spelling of theirs; else the word itself."""
    try:
        return find_architecture(model).model
    except UnknownNameError:
        return model_names().canonical(model)


def _format(spelling: str) -> str:
    """The format of a server's weights; UsageError for one that is none."""
    if (found := format_of(spelling) or _WIDE.get(spelling.lower())) is None:
        known = ", ".join((*WEIGHT_FORMATS, *sorted(set(_WIDE.values()))))
        raise UsageError(f"--dtype {spelling!r} is no format of weights; give {known}")
    return found


def _given(**told: object) -> dict[str, Any]:
    """What the call says; the rest is left to the defaults."""
    return {name: value for name, value in told.items() if value is not None}


def _whole(option: str, text: str) -> int:
    """Tokens of an option; UsageError where they are none."""
    try:
        number = int(text.replace(",", ""))
    except ValueError:
        number = -1
    if not 0 <= number <= 10_000_000:  # noqa: PLR2004 - tokens, as everywhere
        raise UsageError(f"{option} is {text!r}; give a whole number of tokens")
    return number
