"""How each question ended, and the coverage that follows.

Each (account, region) has one entry for its models and quotas. What an account runs, the capacity
of models and GPU machines have entries of their own, so that their troubles leave the models alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from planner.collectors._azure_errors import says_absent
from planner.collectors._azure_gpu import DEPLOYMENT_TYPE
from planner.core.snapshots import Coverage, Status

_ALL = ("offer", "meter", "quota", "deployment", "capacity")
_REGION = ("offer", "meter", "quota")
_GPU = {"gpu-sizes": "GPU sizes", "gpu-usages": "GPU quotas"}
_GPU_KINDS = {"gpu-sizes": "offer", "gpu-usages": "quota"}

Place = tuple[str | None, str | None]
"""An account and a region; None where a question is of neither."""


class State(msgspec.Struct):
    """How one question of a place ended."""

    status: Status
    error: str | None = None
    complete: bool = True

    @property
    def whole(self) -> bool:
        """Whether what it did not bring is not there."""
        return self.status.was_read and self.complete


class Outcomes:
    """How the questions ended, by place.

    `sizes` are the GPU sizes that were seen in a place, `resources` the regions in which an account
    has something that can hold deployments.
    """

    def __init__(self) -> None:
        self._states: dict[Place, dict[str, State]] = defaultdict(dict)
        self._capacity: dict[str, State] = {}
        self.sizes: dict[Place, tuple[str, ...]] = {}
        self.resources: dict[str | None, set[str]] = {}

    def keep(self, place: Place, what: str, state: State) -> None:
        """Remember how a question ended; of several of one place, the worst."""
        _keep_worst(self._states[place], what, state)

    def keep_capacity(self, model: str, state: State) -> None:
        """Remember how asking for a model's capacity ended; of its versions, the worst."""
        _keep_worst(self._capacity, model, state)

    def coverage(self) -> Iterator[Coverage]:
        """Yield the entries."""
        for place, states in self._states.items():
            if (whole := states.get("login") or states.get("subscriptions")) is not None:
                yield _entry(place, _ALL, whole)
            elif "models" in states or "usages" in states:
                yield _of_region(place, states)
            if "resources" in states:
                yield from self._deployments(place[0], states["resources"])
        yield from self._lost_accounts()
        for model, state in self._capacity.items():
            entry = _entry((None, None), ("capacity",), state)
            yield msgspec.structs.replace(entry, models=(model,))
        yield from self._machines()

    def notes(self) -> Iterator[str]:
        """Yield what is no failure: GPU machines that an account may not look at, or never used."""
        absent = self._absent()
        for (account, what), states in self._of_gpus().items():
            about = f"{account} {_GPU[what]} of"
            denied = [state for state in states if state.status is Status.DENIED]
            if denied:
                yield f"{about} {len(denied)} regions: {denied[0].error}"
            if told := absent.get((account, what)):
                words = (told[0].error or "").partition(";")[0]
                hint = "register Microsoft.Compute if you want them"
                yield f"{about} {len(told)} regions: {words}; {hint}"

    def _of_gpus(self) -> dict[tuple[str | None, str], list[State]]:
        """Return how the questions for GPU machines ended, by account and question."""
        told: dict[tuple[str | None, str], list[State]] = defaultdict(list)
        for (account, _), states in self._states.items():
            for what in _GPU:
                if what in states:
                    told[account, what].append(states[what])
        return told

    def _absent(self) -> dict[tuple[str | None, str], list[State]]:
        """Return those of them to which every answer is that there is no such thing.

        An account that never used virtual machines gets this answer: it says nothing of the cloud.
        """
        allowed = {
            asked: [state for state in states if state.status is not Status.DENIED]
            for asked, states in self._of_gpus().items()
        }
        return {
            asked: states
            for asked, states in allowed.items()
            if all(says_absent(state.error) for state in states)
        }

    def _lost_accounts(self) -> Iterator[Coverage]:
        """Yield the accounts whose regions were never known."""
        known = {account for (account, _), states in self._states.items() if "models" in states}
        for place, states in self._states.items():
            if "lists" in states and place[0] not in known:
                yield _entry(place, _REGION, states["lists"])

    def _deployments(self, account: str | None, listed: State) -> Iterator[Coverage]:
        """Yield one entry for all that an account runs, or one a region where not all was read."""
        read = {
            region: states["deployments"]
            for (owner, region), states in self._states.items()
            if owner == account and "deployments" in states
        }
        expected = self.resources.get(account, set())
        if listed.status.was_read and not (
            expected <= read.keys() and all(state.whole for state in read.values())
        ):
            for region, state in read.items():
                yield _entry((account, region), ("deployment",), state)
        else:
            yield _entry((account, None), ("deployment",), listed)

    def _machines(self) -> Iterator[Coverage]:
        """Yield what was looked at of GPU machines where the region's own entry does not tell."""
        absent = self._absent()
        for place, states in self._states.items():
            asked = {
                what: states[what]
                for what in _GPU
                if what in states
                and states[what].status is not Status.DENIED
                and (place[0], what) not in absent
            }
            own = [states[what] for what in ("models", "usages") if what in states]
            if asked and not (own and _all_read([*own, *asked.values()])):
                yield _of_machines(place, asked, self.sizes.get(place, ()))


def _keep_worst(states: dict[str, State], key: str, state: State) -> None:
    before = states.get(key)
    if before is None or before.whole or (before.status.was_read and not state.status.was_read):
        states[key] = state


def _all_read(states: Iterable[State]) -> bool:
    return all(state.status.was_read for state in states)


def _entry(place: Place, kinds: tuple[str, ...], state: State) -> Coverage:
    account, region = place
    return Coverage(
        region=region,
        account=account,
        kinds=kinds,
        status=state.status,
        complete=state.complete,
        error=state.error,
    )


def _of_region(place: Place, states: dict[str, State]) -> Coverage:
    """Return the entry of a region's models and quotas."""
    missing = State(Status.FAILED, "not asked, since the run ended before")
    models = states.get("models", missing)
    usages = states.get("usages")
    if usages is None and not models.status.was_read:
        usages = models
    told = [models.error] if models.error else []
    if usages is not None and usages.error and usages.error != models.error:
        told.append(f"quotas: {usages.error}")
    entry = msgspec.structs.replace(_entry(place, _REGION, models), error="; ".join(told) or None)
    if usages is None:
        return entry
    complete = models.complete and usages.complete
    return msgspec.structs.replace(entry, quota_status=usages.status, complete=complete)


def _of_machines(place: Place, states: dict[str, State], sizes: tuple[str, ...]) -> Coverage:
    """Return an entry of a region's GPU sizes and quotas; it speaks of these sizes alone."""
    told = [f"{_GPU[what]}: {state.error}" for what, state in states.items() if state.error]
    first = next(iter(states.values()))
    account, region = place
    return Coverage(
        region=region,
        account=account,
        kinds=tuple(_GPU_KINDS[what] for what in states),
        models=sizes if first.status.was_read else None,
        deployment_types=(DEPLOYMENT_TYPE,),
        complete=all(state.complete for state in states.values()),
        status=first.status,
        quota_status=states["gpu-usages"].status if len(states) == len(_GPU) else None,
        error="; ".join(told) or None,
    )
