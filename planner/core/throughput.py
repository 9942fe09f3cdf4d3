"""What a GPU machine delivers for an open model: low, middle and high, and what they rest on.

The physics is in roofline.py, what engines reach of it in efficiencies.py, and measured points
nearby shift it in anchors.py. A `Forecaster` holds the last two and answers for any machine.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Literal

import msgspec

from planner.core.anchors import Measured, anchored, answered, bounded
from planner.core.efficiencies import Basis, Efficiencies, Spread
from planner.core.engines import Engine
from planner.core.hardware import Architecture, Dtype, Gpu, WeightFormat
from planner.core.layouts import Machine, default_format, layouts, obstacles, too_small
from planner.core.roofline import Replica, Traffic
from planner.core.serving import Estimate, Run, estimate

SHORTEST_REQUEST = 2  # tokens: one in, one out
KINDS = {"cell": "GPU and model", "model": "model", "gpu": "GPU"}


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is not known exactly; low to high holds it in four of five cases."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        """Hold the order."""
        if not 0 <= self.low <= self.mid <= self.high:
            raise ValueError(f"{self.low}, {self.mid}, {self.high} do not rise from low to high")


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine delivers for requests of one length, or why it cannot.

    The rate is the whole machine's, over all `replicas` of the model on `tensor_parallel` GPUs
    each, with `concurrency` requests running; `max_concurrency` is how many can at once, by memory
    and by the engine's cap. `memory_share` is what the engine was taken to have of each GPU's
    memory, `native_dtype` the GPU's 16-bit format, `advice` what to see to with that engine there.
    `ttft_seconds` is the time to a request's first token in steady load, without a queue,
    `tpot_seconds` the mean time between its tokens. Where there are `reasons` against it, all
    figures are None; `notes` are what a reader has to know.
    """

    output_tokens_per_second: Interval | None = None
    ttft_seconds: float | None = None
    tpot_seconds: float | None = None
    max_concurrency: int | None = None
    concurrency: int | None = None
    tensor_parallel: int | None = None
    replicas: int | None = None
    dtype: WeightFormat | None
    engine: str | None = None
    memory_share: float | None = None
    native_dtype: Dtype | None = None
    kv_dtype: WeightFormat = "bf16"
    advice: str | None = None
    basis: Basis = "transferred"
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class LengthLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which request length, input and output together, a machine delivers a needed rate.

    "until" `tokens`, the last length that it does; "always" up to the model's context, which
    `tokens` then is; "never", not even for the shortest requests, with `tokens` None.
    """

    verdict: Literal["never", "until", "always"]
    tokens: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a model is to be served: formats, parallelism, limits on the times in seconds.

    Without `dtype` the format of the publisher's checkpoint, or the GPU's 16-bit one; without
    `tensor_parallel` the degree with the highest rate.
    """

    dtype: WeightFormat | None = None
    kv_dtype: WeightFormat = "bf16"
    tensor_parallel: int | None = None
    ttft_limit_seconds: float | None = None
    tpot_limit_seconds: float | None = None

    def limits(self) -> tuple[str, ...]:
        """The limits in words, for those who read the answer."""
        return tuple(
            f"at most {seconds * 1000:,.6g} ms {what}, at the middle of the forecast"
            for what, seconds in (
                ("to the first token", self.ttft_limit_seconds),
                ("between tokens", self.tpot_limit_seconds),
            )
            if seconds is not None
        )

    def missed(self, told: Forecast) -> str | None:
        """Which limit a forecast misses, in words; None where it keeps them."""
        for name, seconds, limit in (
            ("first token", told.ttft_seconds, self.ttft_limit_seconds),
            ("time between tokens", told.tpot_seconds, self.tpot_limit_seconds),
        ):
            if limit is not None and seconds is not None and seconds > limit:
                return (
                    f"{name} {seconds * 1000:,.1f} ms with {told.concurrency:,} running, asked for "
                    f"{limit * 1000:,.6g} ms"
                )
        return None


class Forecaster(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Forecasts with one set of efficiencies, own measurements, an engine and a plan.

    `compiled` are the engines of chips that no other one runs on, by generation. Where the
    forecaster `follows`, a GPU whose server was measured with the model is taken to run that
    server's engine; batches handed to a model are no server.
    """

    efficiencies: Efficiencies
    engine: Engine
    compiled: Mapping[str, Engine] = {}
    measured: tuple[Measured, ...] = ()
    plan: Plan = Plan()
    follows: bool = False

    def forecast(
        self, architecture: Architecture, gpu: Gpu, gpus: Fraction | int | None, traffic: Traffic
    ) -> Forecast:
        """Forecast a machine of `gpus` GPUs (a fraction is a slice of one) under the plan.

        The layout with the highest rate, where the plan has limits on the times with as many
        requests at once as keep them. Raises ValueError for a nonsensical number of GPUs.
        """
        machine, plan = Machine(gpu=gpu, gpus=gpus), self.plan
        engine = self._engine(architecture, gpu)
        taken = plan.dtype or default_format(architecture, gpu, engine)

        def refused(*reasons: str) -> Forecast:
            basis = self.efficiencies.basis
            return Forecast(dtype=taken, engine=engine.name, basis=basis, reasons=reasons)

        reasons = obstacles(architecture, machine, taken, engine, traffic)
        if reasons or gpus is None:
            return refused(*reasons)
        options = self._layouts(architecture, machine, engine, taken)
        if isinstance(options, str):
            return refused(options)
        fitting = [option for option in options if option.room(traffic.longest) >= 1]
        if not fitting:
            return refused(too_small(options[-1], machine, traffic.longest))
        told = [
            self._within_limits(
                Run(
                    replica=option,
                    replicas=max(1, int(gpus // option.layout.gpus)),
                    traffic=traffic,
                )
            )
            for option in fitting
        ]
        if all(isinstance(one, str) for one in told):
            return refused(*(one for one in told[-1:] if isinstance(one, str)))
        return max((one for one in told if isinstance(one, Forecast)), key=_middle)

    def of_run(self, run: Run) -> Forecast:
        """Forecast a run that is laid out already.

        Beyond the load at which its set-up was measured to be saturated, what it yields there.
        """
        most = bounded(run, self.measured)
        told = self._told(most, estimate(most, self.efficiencies))
        if most is run:
            return told
        note = f"more than {most.traffic.concurrency:,.0f} at once bring no more, as measured"
        return msgspec.structs.replace(told, notes=(*told.notes, note))

    def flip_length(
        self,
        architecture: Architecture,
        gpu: Gpu,
        gpus: Fraction | int | None,
        *,
        output_tokens_per_second: float,
        input_share: float,
        level: Literal["low", "mid", "high"] = "mid",
    ) -> LengthLimit:
        """Find the longest request, a whole number of tokens, at which the machine still delivers.

        `input_share` is input / (input + output) of a request, from 0 to below 1; `level` says
        which end of the forecast has to reach the needed rate. Bisection is exact, as the rate
        never rises with the length: fewer requests fit, each step reads more for each, and each
        prompt token sees more. Raises ValueError for a share outside its range.
        """
        if not 0 <= input_share < 1:
            raise ValueError(f"input_share is {input_share}; give a share from 0 to below 1")

        def delivers(tokens: int) -> bool:
            answer = tokens * (1 - input_share)
            traffic = Traffic(input_tokens=tokens - answer, output_tokens=answer)
            told = self.forecast(architecture, gpu, gpus, traffic)
            rate = told.output_tokens_per_second
            return rate is not None and getattr(rate, level) >= output_tokens_per_second

        longest = architecture.context_tokens
        if not delivers(SHORTEST_REQUEST):
            return LengthLimit(verdict="never")
        if delivers(longest):
            return LengthLimit(verdict="always", tokens=longest)
        enough, too_long = SHORTEST_REQUEST, longest
        while too_long - enough > 1:
            middle = (enough + too_long) // 2
            enough, too_long = (middle, too_long) if delivers(middle) else (enough, middle)
        return LengthLimit(verdict="until", tokens=enough)

    def _layouts(
        self, architecture: Architecture, machine: Machine, engine: Engine, taken: WeightFormat
    ) -> list[Replica] | str:
        """The layouts of a machine, worked out once: they are asked for of many requests."""
        key = architecture.model, machine.gpu.name, machine.gpus, engine.name, taken
        if key not in self._laid_out:
            plan = self.plan
            self._laid_out[key] = layouts(
                architecture, machine, engine, taken, plan.kv_dtype, only=plan.tensor_parallel
            )
        return self._laid_out[key]

    @cached_property
    def _laid_out(self) -> dict[tuple[object, ...], list[Replica] | str]:
        return {}

    def _engine(self, architecture: Architecture, gpu: Gpu) -> Engine:
        served = [
            point.run.replica.engine
            for point in self.measured
            if point.run.harness != "static"
            and point.run.replica.engine.obstacle(gpu) is None
            and point.run.replica.gpu.name == gpu.name
            and point.run.replica.architecture.model == architecture.model
        ]
        if self.follows and served and self.engine not in served:
            return served[-1]
        if self.engine.obstacle(gpu) is None:
            return self.engine
        return self.compiled.get(gpu.generation, self.engine)

    def _within_limits(self, run: Run) -> Forecast | str:
        """The forecast with as many requests at once as keep the limits, or what one misses."""

        def told(concurrency: float | None) -> Forecast:
            traffic = msgspec.structs.replace(run.traffic, concurrency=concurrency)
            return self.of_run(msgspec.structs.replace(run, traffic=traffic))

        full = told(run.traffic.concurrency)
        if self.plan.missed(full) is None:
            return full
        alone = told(1)
        if (missed := self.plan.missed(alone)) is not None:
            return missed
        fine, best, too_many = 1, alone, full.concurrency or 1
        while too_many - fine > 1:  # the time between tokens never falls with more requests
            middle = (fine + too_many) // 2
            tried = told(middle)
            if self.plan.missed(tried) is None:
                fine, best = middle, tried
            else:
                too_many = middle
        return best

    def _told(self, run: Run, found: Estimate) -> Forecast:
        mid, tpot = found.output_tokens_per_second, found.tpot_seconds
        engine, gpu = run.replica.engine, run.replica.gpu
        spread = self.efficiencies.spread(run.setting)
        basis, notes = self.efficiencies.basis, self.efficiencies.unseen(run.setting)
        if exact := answered(run, self.measured, self.efficiencies):
            basis, notes = "measured", (f"measured: {exact.told}",)
            mid, tpot = exact.rate, found.running / exact.rate
            spread = Spread(1 / exact.within, exact.within)
        elif shift := anchored(run, self.measured, self.efficiencies):
            basis = "anchored"
            notes = (*notes, f"anchored by {shift.points} measured on the same {KINDS[shift.kind]}")
            mid, tpot = mid * shift.factor, tpot / shift.factor
            spread = spread.wider(shift.width)
        asked = run.traffic.concurrency
        if asked is not None and run.traffic.prompts is None and found.running < asked - 1:
            notes = (*notes, f"of {asked:,.0f} requests at once {found.running:,.0f} run")
        return Forecast(
            output_tokens_per_second=Interval(
                low=mid * spread.low, mid=mid, high=mid * spread.high
            ),
            ttft_seconds=found.ttft_seconds,
            tpot_seconds=tpot,
            max_concurrency=run.max_concurrency,
            concurrency=max(1, int(found.running)),
            tensor_parallel=run.replica.layout.tensor,
            replicas=run.replicas,
            dtype=run.replica.weights,
            engine=engine.name,
            memory_share=engine.memory_share,
            native_dtype=gpu.native_dtype,
            kv_dtype=self.plan.kv_dtype,
            advice=engine.advice(gpu),
            basis=basis,
            notes=notes,
        )


def _middle(told: Forecast) -> float:
    return told.output_tokens_per_second.mid if told.output_tokens_per_second else 0.0
