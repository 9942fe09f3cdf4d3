"""Reaching the files of the AWS price list: each offer's regions first, then their files."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

import msgspec

from planner.core.price_feed import Area, Family
from planner.feeds import _aws_machines, _aws_models
from planner.feeds._aws_json import JsonStream
from planner.feeds._aws_machines import EC2, is_wanted
from planner.feeds._aws_offer_file import OfferFile, Product, read_offer_file
from planner.feeds._aws_usage import MARKETPLACE, MODELS
from planner.feeds._http import AbsentError, Clock, Limits, TroubleError, read

T = TypeVar("T")
NO_FILE = "the price list has no file of this region"
_MODEL_OFFERS = (MODELS, MARKETPLACE)


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one file may weigh and take; EC2's hold 480 MB a region, Bedrock's some MB."""

    model_bytes: int = 64 * 2**20
    model_seconds: float = 60
    machine_bytes: int = 4 * 2**30
    machine_seconds: float = 600
    run_seconds: float = 600  # for all files of models together
    at_once: int = 4
    http: Limits = Limits()


class Failure(msgspec.Struct, frozen=True, order=True):
    """A region's models or machines that could not be read, and why."""

    provider: str
    family: Family
    region: str
    reason: str


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The files that could be read, and what could not.

    `areas` are those of which every file that exists was read.
    """

    files: tuple[OfferFile, ...]
    areas: frozenset[Area]
    failures: tuple[Failure, ...] = ()


def area_of(offer: str, region: str) -> Area:
    """What a file of an offer and region tells of."""
    if offer == EC2:
        return Area(_aws_machines.PROVIDER, "machines", region)
    return Area(_aws_models.PROVIDER, "models", region)


class Fetching:
    """One run: the regions of each offer first, then their files, some at once."""

    def __init__(
        self,
        endpoint: str,
        bounds: Bounds,
        instances: frozenset[str],
        progress: Callable[[str], None],
    ) -> None:
        self.stopped = threading.Event()
        self._run = Clock(bounds.run_seconds, self.stopped)
        self._endpoint = endpoint
        self._bounds = bounds
        self._instances = instances
        self._progress = progress
        self._unlisted: set[str] = set()

    def run(
        self,
        regions: Collection[str] | None,
        known: Collection[str],
        *,
        models: bool,
        machines: bool,
    ) -> Fetched:
        offers = (*(_MODEL_OFFERS if models else ()), *((EC2,) if machines else ()))
        pool = ThreadPoolExecutor(max(1, self._bounds.at_once), thread_name_prefix="prices")
        try:
            places, troubles = self._places(pool, offers, known if regions is None else regions)
            wanted = _every(regions, places)
            failures = {
                _failure(offer, region, f"{offer}: {reason}")
                for offer, reason in troubles.items()
                for region in wanted or ("all regions",)
            }
            failures.update(*(_nowhere(one, offers, places, troubles) for one in wanted))
            files, lost = self._files(pool, offers, wanted, places)
        except BaseException:
            self.stopped.set()  # so that nobody waits for a file that nobody wants any more
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        failures |= lost
        if self._unlisted:
            read_ = {area_of(file.offer, file.region) for file in files}
            failures.update(*(self._unread(one, offers, read_, failures) for one in wanted))
        broken = {Area(one.provider, one.family, one.region) for one in failures}
        return Fetched(
            files=tuple(sorted(files, key=lambda file: (file.offer, file.region))),
            areas=frozenset({area_of(file.offer, file.region) for file in files} - broken),
            failures=tuple(sorted(failures)),
        )

    def _places(
        self, pool: ThreadPoolExecutor, offers: Collection[str], likely: Collection[str]
    ) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
        """The regions that have a file of each offer, and why an offer's are not known.

        Where there is no list, `likely` regions are tried.
        """
        places: dict[str, frozenset[str]] = {}
        troubles: dict[str, str] = {}
        asked = {pool.submit(self._regions_of, offer): offer for offer in offers}
        for future in as_completed(asked):
            try:
                places[asked[future]] = future.result()
            except AbsentError as trouble:
                if likely:
                    self._unlisted.add(asked[future])
                    places[asked[future]] = frozenset(likely)
                else:
                    troubles[asked[future]] = str(trouble)
            except TroubleError as trouble:
                troubles[asked[future]] = str(trouble)
        return places, troubles

    def _files(
        self,
        pool: ThreadPoolExecutor,
        offers: Collection[str],
        regions: Collection[str],
        places: dict[str, frozenset[str]],
    ) -> tuple[list[OfferFile], set[Failure]]:
        files: list[OfferFile] = []
        failures: set[Failure] = set()
        asked = {
            pool.submit(self._file, offer, region): (offer, region)
            for region in sorted(regions)
            for offer in offers
            if region in places.get(offer, ())
        }
        for future in as_completed(asked):
            offer, region = asked[future]
            try:
                files.append(future.result())
            except TroubleError as trouble:
                if isinstance(trouble, AbsentError) and offer in self._unlisted:
                    continue
                failures.add(_failure(offer, region, f"{offer}: {trouble}"))
                self._progress(f"{offer} {region}: {trouble}")
            else:
                self._progress(f"{offer} {region}: read")
        return files, failures

    def _unread(
        self,
        region: str,
        offers: Collection[str],
        read_whole: Collection[Area],
        failures: Collection[Failure],
    ) -> Iterator[Failure]:
        """A region without a file where no list tells which regions have one."""
        told = {Area(one.provider, one.family, one.region) for one in failures}
        for offer in offers:
            if area_of(offer, region) not in {*read_whole, *told}:
                yield _failure(offer, region, NO_FILE)

    def _regions_of(self, offer: str) -> frozenset[str]:
        """The regions that have a file of an offer."""
        return self._read(f"{offer}/current/region_index.json", _regions_in)

    def _file(self, offer: str, region: str) -> OfferFile:
        wanted: Callable[[Product], bool] = _anything
        if offer == EC2:
            wanted = partial(is_wanted, instances=self._instances, region=region)
        take = partial(read_offer_file, offer=offer, region=region, wanted=wanted)
        return self._read(f"{offer}/current/{region}/index.json", take, large=offer == EC2)

    def _read(
        self,
        path: str,
        take: Callable[[Iterator[bytes]], T],
        *,
        large: bool = False,
    ) -> T:
        bounds = self._bounds
        return read(
            f"{self._endpoint}/offers/v1.0/aws/{path}",
            take,
            clock=Clock(
                bounds.machine_seconds if large else min(bounds.model_seconds, self._run.left()),
                self.stopped,
            ),
            bytes_maximum=bounds.machine_bytes if large else bounds.model_bytes,
            limits=bounds.http,
        )


def _anything(_: Product) -> bool:
    return True


def _regions_in(chunks: Iterator[bytes]) -> frozenset[str]:
    """The regions of a region index; raises TroubleError where the body is none."""
    stream = JsonStream(chunks)
    found: frozenset[str] | None = None
    for key in stream.keys():  # noqa: SIM118 - no dict
        if key == "regions" and stream.is_object():
            found = frozenset(stream.value())
        else:
            stream.skip()
    stream.end()
    if not found:
        raise TroubleError('the list of regions has no "regions"')
    return found


def _every(regions: Collection[str] | None, places: dict[str, frozenset[str]]) -> frozenset[str]:
    """The regions asked for; None asks for all that have models."""
    if regions is not None:
        return frozenset(regions)
    return frozenset[str]().union(*(places.get(offer, ()) for offer in _MODEL_OFFERS))


def _nowhere(
    region: str,
    offers: Collection[str],
    places: dict[str, frozenset[str]],
    troubles: dict[str, str],
) -> Iterator[Failure]:
    """A region that no list names: probably misspelled, or of another partition."""
    families: dict[Family, list[str]] = defaultdict(list)
    for offer in offers:
        families[area_of(offer, region).family].append(offer)
    for mine in families.values():
        if not any(offer in troubles or region in places.get(offer, ()) for offer in mine):
            yield _failure(mine[0], region, NO_FILE)


def _failure(offer: str, region: str, reason: str) -> Failure:
    area = area_of(offer, region)
    return Failure(area.provider, area.family, area.region, reason)
