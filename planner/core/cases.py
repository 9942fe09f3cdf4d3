"""A row of a case file as a run: what people write about a benchmark, made exact or refused.

The columns are those of published tables: lengths may be "~100" or a data set's name, a load
"max (all queued)", a parallelism "1 pp4" or "layer-split". What a row leaves open is assumed and
said in the run's notes; what cannot be is a reason.
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar, get_args

import msgspec

from planner.core.cells import format_of, is_rate, number_in, requests_in, tokens_in
from planner.core.engines import Engine
from planner.core.hardware import Architecture, Gpu, WeightFormat
from planner.core.harnesses import Drive, Told, Workload, drive_of
from planner.core.layouts import cannot_hold, default_format
from planner.core.roofline import Layout, Replica, Traffic
from planner.core.serving import Run
from planner.core.spellings import format_in
from planner.errors import UnknownNameError

_T = TypeVar("_T")
_LONGEST = 10_000_000  # tokens
_MOST_GPUS = 10_000
_MOST_REQUESTS = 10_000_000
_TIGHT = 0.9  # of a request: what is published ran, so memory that just falls short was there

_WEIGHTS_FILL = 0.55  # of the GPUs that share a model, where the row does not say how many do
_MOST_TENSOR = 8
_PCIE_GB_PER_S = 16.0  # of a GPU whose link no source tells: PCIe 3 x16
_NOMINAL = 0.9  # InferenceX draws lengths from 80 to 100% of the nominal one
_SPECULATION = re.compile(r'spec=mtp|\beagle-?\d?\b|"method":"mtp"|speculative')
_AS_MANY_AS_FIT = ("max", "inf", "queued", "loadgen", "rate-limited")

CASE_COLUMNS = (
    "case", "model", "engine", "engine_version", "gpu", "gpu_norm", "num_gpus", "tp", "dtype",
    "input_len", "output_len", "concurrency_or_batch", "scenario", "date",
)  # fmt: skip


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it stands; a column that the file lacks is empty."""

    case: str = ""
    model: str = ""
    engine: str = ""
    engine_version: str = ""
    gpu: str = ""
    gpu_norm: str = ""
    num_gpus: str = ""
    tp: str = ""
    dtype: str = ""
    input_len: str = ""
    output_len: str = ""
    concurrency_or_batch: str = ""
    scenario: str = ""
    date: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Where names lead: each lookup raises UnknownNameError, `engine` never."""

    architecture: Callable[[str], Architecture]
    gpu: Callable[[str], Gpu]
    engine: Callable[[str], Engine]
    workloads: Sequence[Workload] = ()


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a case: a run with what was assumed, or the reasons why there is none."""

    run: Run | None = None
    architecture: Architecture | None = None
    gpu: Gpu | None = None
    num_gpus: int | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_case(case: Case, facts: Facts) -> Read:
    """Make a run of a case; all that stands against it is told at once."""
    return _Reading(case, facts).read()


class _Reading:
    """The reading of one case, collecting reasons and notes on the way."""

    def __init__(self, case: Case, facts: Facts) -> None:
        self.case, self.facts = case, facts
        self.text = case.scenario.casefold()
        self.load = case.concurrency_or_batch.casefold().strip()
        self.reasons: list[str] = []
        self.notes: list[str] = []
        self.gpus: int | None = None

    def read(self) -> Read:
        """Every cell, then what they are together."""
        case = self.case
        architecture = self._known("model", self.facts.architecture, case.model)
        gpu = self._known("GPU", self.facts.gpu, case.gpu_norm, case.gpu)
        engine = self.facts.engine(case.engine)
        if engine.name == "other":
            self.notes.append("no engine is told" if not case.engine else "an unknown engine")
        inputs, outputs = self._length("input"), self._length("output")
        gpus = self.gpus = self._count("num_gpus", case.num_gpus)
        weights = self._format(architecture, gpu, engine)
        number = self._load()
        if gpu is not None and weights is not None:
            if gpu.memory_bandwidth_gb_per_s is None:
                self.reasons.append(f"no datasheet figures of {gpu.name}")
            elif reason := engine.obstacle(gpu) or cannot_hold(gpu, weights, engine):
                self.reasons.append(reason)
        if architecture is not None and architecture.parameters is None:
            self.reasons.append(f"how many parameters {architecture.model} has is not known")
        if (
            self.reasons or architecture is None or gpu is None or weights is None
            or inputs is None or outputs is None or gpus is None
        ):  # fmt: skip
            return self._done(None, architecture, gpu)
        drive = drive_of(
            Told(
                scenario=self.text,
                load=self.load,
                data=case.input_len.casefold(),
                model=architecture.model,
                lengths=(inputs, outputs),
                requests=number,
            ),
            self.facts.workloads,
        )
        if "inferencex" in self.text:
            inputs, outputs = inputs * _NOMINAL, outputs * _NOMINAL
        narrow = engine.name == "trtllm" and weights in ("fp8", "fp4")
        copy = Replica(
            architecture=architecture,
            gpu=msgspec.structs.replace(gpu, link_gb_per_s=gpu.link_gb_per_s or _PCIE_GB_PER_S),
            engine=engine,
            weights=weights,
            kv_bytes_per_value=1.0 if narrow else 2.0,
        )
        if (layout := self._layout(copy, gpus, drive)) is None:
            return self._done(None, architecture, gpu)
        run = Run(
            replica=msgspec.structs.replace(copy, layout=layout),
            replicas=max(1, gpus // layout.gpus),
            traffic=Traffic(
                input_tokens=inputs,
                output_tokens=outputs,
                concurrency=drive.concurrency,
                prompts=drive.prompts,
                varied=drive.varied,
                tpot_limit_seconds=drive.tpot_limit_ms and drive.tpot_limit_ms / 1000,
            ),
            harness=drive.harness,
            scenario=drive.scenario,
            speculative=bool(re.search(_SPECULATION, self.text)),
        )
        self._check_room(run)
        return self._done(None if self.reasons else run, architecture, gpu)

    def _done(self, run: Run | None, architecture: Architecture | None, gpu: Gpu | None) -> Read:
        return Read(
            run=run,
            architecture=architecture,
            gpu=gpu,
            num_gpus=self.gpus,
            reasons=tuple(self.reasons),
            notes=tuple(self.notes),
        )

    def _known(self, kind: str, find: Callable[[str], _T], *names: str) -> _T | None:
        """The first name that is known; the error of the first that is not."""
        told = ""
        for name in names:
            if not name.strip():
                continue
            try:
                return find(name)
            except UnknownNameError as error:
                told = told or str(error)
        self.reasons.append(told or f"no {kind} is named")
        return None

    def _length(self, which: Literal["input", "output"]) -> float | None:
        """Tokens of a cell: 512, "~100", or the name of a data set whose mean is known."""
        cell = (self.case.input_len if which == "input" else self.case.output_len).strip()
        for workload in self.facts.workloads:
            if cell and workload.name.casefold() == cell.lstrip("~").casefold():
                mean = workload.input_tokens if which == "input" else workload.output_tokens
                if mean is not None:
                    self.notes.append(f"{cell}: {mean:g} tokens of {which} ({workload.status})")
                    return mean
        number = tokens_in(cell)
        least = 0 if which == "input" else 1
        if number is None:
            self.reasons.append(f"{which}_len is {cell!r}; give a number of tokens")
        elif not least <= number <= _LONGEST:
            self.reasons.append(f"{which}_len is {cell}, which no request can have")
        else:
            return number
        return None

    def _count(self, column: str, cell: str) -> int | None:
        number = number_in(cell.strip())
        if number is None:
            self.reasons.append(f"{column} is {cell!r}; give a number of GPUs")
        elif number != int(number) or not 1 <= number <= _MOST_GPUS:
            self.reasons.append(f"{column} is {cell}; give a whole number of 1 or more")
        else:
            return int(number)
        return None

    def _format(
        self, architecture: Architecture | None, gpu: Gpu | None, engine: Engine
    ) -> WeightFormat | None:
        told = self.case.dtype.casefold().removeprefix("weights").strip()
        own = architecture.checkpoint if architecture else None
        if told in ("", "unset", "auto"):
            if architecture is None or gpu is None:
                return "bf16"
            taken = format_in(self.case.model) or default_format(architecture, gpu, engine)
            self.notes.append(f"no dtype is told, {taken} assumed")
            return taken
        if (found := format_of(told)) is None:
            known = ", ".join(get_args(WeightFormat))
            self.reasons.append(f"dtype is {self.case.dtype!r}; there is {known}")
            return None
        if found == "bf16" and own == "fp8":
            self.notes.append("its checkpoint is in fp8, which bf16 is taken for")
            return own
        return found

    def _load(self) -> float | None:
        """Requests at once: 64, "64 queued", "concurrency=64"; None for as many as fit."""
        if is_rate(self.load):
            self.reasons.append(
                f"concurrency_or_batch is {self.case.concurrency_or_batch!r}, a rate; "
                "give requests at once"
            )
            return None
        number = requests_in(self.load)
        if number is None:
            if not self.load:
                self.notes.append("no load is told, as many requests as fit assumed")
            elif not any(word in self.load for word in _AS_MANY_AS_FIT):
                self.reasons.append(
                    f"concurrency_or_batch is {self.case.concurrency_or_batch!r}; give requests at "
                    "once, or max"
                )
            return None
        if not 1 <= number <= _MOST_REQUESTS:
            self.reasons.append(
                f"concurrency_or_batch is {self.case.concurrency_or_batch}; give 1 or more"
            )
            return None
        return number

    def _layout(self, copy: Replica, gpus: int, drive: Drive) -> Layout | None:
        """How the row lays the model on its GPUs."""
        told, engine = self.case.tp.casefold(), copy.engine.name
        if "layer-split" in told or (engine == "llamacpp" and gpus > 1):
            return Layout(pipeline=gpus, sequential=True)
        split = self._split(told, copy, gpus)
        if split is None:
            return None
        tensor, pipeline = split
        if engine == "neuron":  # tp counts cores there, several a chip
            tensor, pipeline = gpus if told else min(tensor, gpus), 1
        if tensor * pipeline > gpus:
            self.reasons.append(f"{tensor * pipeline} GPUs share the model, num_gpus is {gpus}")
            return None
        if gpus % (tensor * pipeline):
            self.notes.append(f"{gpus % (tensor * pipeline)} of {gpus} GPUs are left over")
        own_bench = engine == "trtllm" and drive.harness in ("bench", "mlperf")
        return Layout(
            tensor=tensor,
            pipeline=pipeline,
            data_attention="dp-attention" in self.text
            or "dpattn=true" in f"{self.text} {told}"
            or (own_bench and copy.architecture.experts > 0),
        )

    def _split(self, told: str, copy: Replica, gpus: int) -> tuple[int, int] | None:
        """Tensor and pipeline parallelism, as told or as few GPUs as hold the weights well."""
        flags = re.search(r"(?:--pp-size|-pp|--pipeline-parallel-size)[ =](\d+)", self.text)
        if told:
            found = re.match(r"(?:tp)?[\s=]*(\d+)(?:\.0)?(?![.\d])(?:\s*pp(\d+))?", told)
            tensor = int(found.group(1)) if found else 0
            pipeline = int((found and found.group(2)) or (flags.group(1) if flags else 1))
            if tensor < 1 or not 1 <= pipeline <= copy.architecture.layers:
                self.reasons.append(f"tp is {self.case.tp!r}; give the GPUs that share a model")
                return None
            return tensor, pipeline
        tensor, memory = 1, (copy.gpu.memory_gib or 0) * 2**30 * _WEIGHTS_FILL
        while copy.weight_bytes / tensor > memory and tensor < min(gpus, _MOST_TENSOR):
            tensor *= 2
        if gpus > 1:
            self.notes.append(f"no tp is told, {tensor} assumed")
        return tensor, 1

    def _check_room(self, run: Run) -> None:
        """Weights that the memory cannot hold; tight ones ran, if somebody published them."""
        replica = run.replica
        length = run.traffic.input_tokens + run.traffic.output_tokens
        have = (replica.gpu.memory_gib or 0) * 2**30 * replica.layout.gpus
        if replica.weight_bytes > have:
            self.reasons.append(
                f"{replica.architecture.model} in {replica.weights} needs "
                f"{replica.weight_bytes / 2**30:,.0f} GiB for its weights; {replica.layout.gpus} x "
                f"{replica.gpu.name} have {have / 2**30:,.0f} GiB"
            )
        elif replica.room(run.traffic) < _TIGHT:
            self.reasons.append(
                f"one request of {length:,.0f} tokens does not fit beside the weights on "
                f"{replica.layout.gpus} x {replica.gpu.name}"
            )
        if length > replica.architecture.context_tokens:
            self.notes.append(
                f"{length:,.0f} tokens a request exceed the model's context, "
                f"{replica.architecture.context_tokens:,} tokens"
            )


_PCIE_GB_PER_S = 16.0  # of a GPU whose link no source tells: PCIe 3 x16
