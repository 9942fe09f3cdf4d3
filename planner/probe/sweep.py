"""The sweep of a model's shape: contexts, and batches that double until something says stop.

What says stop: no room in memory, a time per token over the limit, a batch that brings no more
than the one before, the largest batch, or the time that the probe may take. Which it was stands in
the notes of the last measurement. Rounds that differ are repeated once, and flagged if they still
do.
"""

import datetime as dt
import time

import msgspec

from planner.core.measurements import ROUNDS_MAY_DIFFER, Device, Measurement, apart
from planner.core.static_batches import Figures, Footprint, Point, Round, figures
from planner.errors import NothingFitsError, UsageError
from planner.probe import machine
from planner.probe.crew import Alone, Report
from planner.probe.loop import OutOfMemoryError, Rig, free, run_round

_ABOVE = 1.1  # of a ceiling: more is no better model, but a ceiling that was held down
_SATURATED = "it brought less than 5% more"
_NO_MORE = 1.05  # a doubled batch that brings less than this has reached the device's limit
_REPEATS = 2  # times the rounds are run when they differ
_CPU_RESERVE = 1 << 30  # bytes that a CPU keeps for activations and the rest of the machine


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a sweep: contexts in tokens, batches up to a largest, rounds of each.

    A `tpot_limit_ms` ends a context, `minutes` the sweep. Lengths that are not told are those of
    the device: 512 tokens in and out on a GPU, 128 in and 32 out on a CPU.
    """

    input_tokens: tuple[int, ...] = ()
    output_tokens: int = 0
    max_batch: int = 1024
    rounds: int = 3
    tpot_limit_ms: float | None = None
    minutes: float = 10.0

    def on(self, device: str) -> "Plan":
        """The plan with lengths for a device, "cuda" or "cpu"; UsageError for one token out."""
        inputs, output = ((512,), 512) if device == "cuda" else ((128,), 32)
        if self.output_tokens == 1:  # the prompt yields the first
            raise UsageError("--output-tokens 1 measures no time per token; give 2 or more")
        return msgspec.structs.replace(
            self,
            input_tokens=self.input_tokens or inputs,
            output_tokens=self.output_tokens or output,
        )


class Sweep:
    """The points of a sweep, one after another."""

    def __init__(
        self, *, name: str, dtype: str, plan: Plan, rig: Rig, footprint: Footprint, crew: Alone,
        device: Device, tensor: int, report: Report,
    ) -> None:  # fmt: skip
        self.name, self.dtype, self.plan, self.rig = name, dtype, plan, rig
        self.footprint, self.crew, self.device = footprint, crew, device
        self.tensor, self.report = tensor, report
        self.deadline = time.monotonic() + plan.minutes * 60

    def run(self) -> tuple[Measurement, ...]:
        """Every context; NothingFitsError where not one sequence had room."""
        found: list[Measurement] = []
        for length in self.plan.input_tokens:
            found += self._context(length)
        if not found:
            raise NothingFitsError(
                f"not one sequence of {self.name} has room on this machine; "
                "take fewer tokens or a narrower --dtype"
            )
        return tuple(found)

    def _context(self, length: int) -> list[Measurement]:
        found: list[Measurement] = []
        batch, stop, before = 1, "", 0.0
        while not stop:
            point = Point(batch=batch, input_tokens=length, split=self.tensor)
            told = self._point(point)
            if told is None:
                stop = f"no room for a batch of {batch}"
                break
            found.append(self._measurement(point, told))
            self.report(found[-1])
            self.report(
                f"{length} tokens in, batch {batch}: "
                f"{told.output_tokens_per_second:,.1f} output tokens per second"
            )
            stop = self._stop(batch, told, before)
            batch, before = 2 * batch, told.output_tokens_per_second
        if found:
            notes = (*found[-1].notes, f"stopped there: {stop}")
            full = True if stop == _SATURATED else None
            found[-1] = msgspec.structs.replace(found[-1], notes=notes, saturated=full)
        self.report(f"{length} tokens in: stopped, {stop}")
        return found

    def _stop(self, batch: int, told: Figures, before: float) -> str:
        """What says that a larger batch is not to be tried; all processes decide alike."""
        limit = self.plan.tpot_limit_ms
        if limit is not None and told.tpot is not None and told.tpot.mean > limit:
            return f"{told.tpot.mean:,.1f} ms per token, limit {limit:g}"
        if told.output_tokens_per_second < _NO_MORE * before:
            return _SATURATED
        if 2 * batch > self.plan.max_batch:
            return "the largest batch asked for"
        if self._is_over():
            return f"{self.plan.minutes:g} minutes are over"
        return ""

    def _point(self, point: Point) -> Figures | None:
        """Rounds until they agree, or are still apart after another try; None without room."""
        found: Figures | None = None
        for _ in range(_REPEATS):
            rounds = self._rounds(point)
            if rounds is None:
                return found
            found = figures(
                point,
                rounds,
                self.footprint,
                bandwidth_gb_per_s=self.device.bandwidth_gb_per_s,
                matmul_tflops=self.device.matmul_tflops,
            )
            if found.settled or self._is_over():
                break
        return found

    def _is_over(self) -> bool:
        """Whether anyone's time is over: all processes have to agree."""
        return any(self.crew.gather(time.monotonic() > self.deadline))

    def _rounds(self, point: Point) -> list[list[Round]] | None:
        """One round to warm up, then those that count, of each replica."""
        mine: list[list[Round]] = []
        if not all(self.crew.gather(self._has_room(point))):
            return None  # all know before the first of them waits for another in a step
        for number in range(self.plan.rounds + 1):
            ran = self._try(point, number)
            everyone = self.crew.gather(ran)
            if any(one is None for one in everyone):
                free(self.rig)
                return None
            if number:
                mine.append([one for one in everyone[:: self.tensor] if one is not None])
                if self._is_over():
                    break
        free(self.rig)
        return [list(rounds) for rounds in zip(*mine, strict=True)]

    def _try(self, point: Point, number: int) -> Round | None:
        try:
            seed = number * self.crew.size + self.crew.rank // self.tensor
            return run_round(
                self.rig, point.batch, point.input_tokens, self.plan.output_tokens, seed
            )
        except OutOfMemoryError:
            return None

    def _has_room(self, point: Point) -> bool:
        """Whether a CPU has room for keys and values: Linux hands out memory that is not there.

        Replicas share it. A GPU tells when it is tried.
        """
        room = None if self.rig.on_gpu else machine.free_bytes()
        tokens = point.batch * (point.input_tokens + self.plan.output_tokens)
        copies = self.crew.size // self.tensor
        needed = copies * tokens * self.footprint.kv_bytes_per_token
        return room is None or needed + _CPU_RESERVE < room

    def _measurement(self, point: Point, told: Figures) -> Measurement:
        import torch  # noqa: PLC0415
        import transformers  # noqa: PLC0415

        replicas = self.crew.size // self.tensor
        flags = list(machine.disturbances(self.device))
        if not told.settled:
            flags.append(f"rounds differ by {apart(told.rounds):.0%}, over {ROUNDS_MAY_DIFFER:.0%}")
        if max(told.mbu or 0.0, told.mfu or 0.0) > _ABOVE:
            flags.append(
                "faster than the ceilings: something slowed the device when they were made"
            )
        versions = {"torch": str(torch.__version__), "transformers": transformers.__version__}
        if torch.version.cuda:
            versions["cuda"] = torch.version.cuda
        return Measurement(
            measured_at=dt.datetime.now(dt.UTC),
            source="planner probe",
            model=self.name,
            engine="torch",
            versions=versions,
            device=self.device,
            tensor_parallel=self.tensor,
            replicas=replicas,
            dtype=self.dtype,
            drive="static",
            concurrency=point.batch * replicas,
            input_tokens=point.input_tokens,
            output_tokens=self.plan.output_tokens,
            output_tokens_asked=self.plan.output_tokens,
            output_tokens_per_second=told.output_tokens_per_second,
            prefill_tokens_per_second=told.prefill_tokens_per_second,
            decode_tokens_per_second=told.decode_tokens_per_second,
            ttft_ms=told.ttft,
            tpot_ms=told.tpot,
            itl_ms=told.itl,
            e2e_ms=told.e2e,
            mbu=told.mbu,
            mfu=told.mfu,
            peak_memory_gib=told.peak_memory_gib,
            rounds=told.rounds,
            flags=tuple(flags),
            notes=tuple(self.rig.notes),
        )
