"""A collector of another package: a cloud that does what a script says.

Tests copy this file into a folder on the path, beside an entry point that names it.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from planner.collectors import Facts, Harvest, Login, Piece, Request
from planner.core.offers import AnyRecord, Deployment, Offer, Quota
from planner.core.snapshots import Coverage, Status

ACCOUNT_ID = "12345678-9abc-4def-8123-456789abcdef"
KINDS = ("offer", "quota", "deployment")


class FakeCollector:
    """Yields a piece a step of the script that FAKECLOUD names."""

    provider: ClassVar[str] = "fakecloud"
    extra: ClassVar[str] = "fakecloud"

    def login(self) -> Login:
        """Credentials are there unless the script says otherwise."""
        script = _script()
        return Login(
            sdk={} if "extra" in script else {"fakesdk": "1.2"},
            credentials=script.get("credentials", "a test's"),
            missing_extra=script.get("extra"),
            hint="write them into the script",
        )

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Do each step in turn."""
        alias = request.alias(ACCOUNT_ID, "Test account")
        steps = _script().get("steps", [])
        for done, step in enumerate(steps, start=1):
            if "mark" in step:
                Path(step["mark"]).touch()
            time.sleep(step.get("sleep", 0))
            if "raise" in step:
                raise RuntimeError(step["raise"])
            region = step.get("region")
            if request.regions and region not in request.regions:
                continue
            status = Status(step.get("status", "ok"))
            error = step.get("error")
            tell(str(region), done, len(steps))
            yield Piece(
                what="all", account=alias, region=region, status=status, error=error, body=step
            )

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """A record of each name in a step's body."""
        del facts
        records: list[AnyRecord] = []
        coverage = []
        for piece in pieces:
            step = piece.body
            coverage.append(
                Coverage(
                    region=piece.region,
                    account=piece.account,
                    kinds=KINDS,
                    status=piece.status,
                    quota_status=_status(step.get("quota_status")),
                    error=piece.error,
                )
            )
            if piece.region is not None and piece.account is not None:
                records += _records(piece.region, piece.account, step)
        return Harvest(records=tuple(records), coverage=tuple(coverage), notes=("as scripted",))


def _status(word: str | None) -> Status | None:
    return None if word is None else Status(word)


def _records(region: str, account: str, step: dict[str, Any]) -> Iterator[AnyRecord]:
    place: dict[str, Any] = {"provider": "fakecloud", "region": region}
    for name in step.get("offers", []):
        yield Offer(
            **place,
            model=name,
            version="1",
            deployment_type="GlobalStandard",
            usage_name=None,
            quota_names=(f"{name} tokens",),
            accounts=(account,),
        )
    for name, (limit, used) in step.get("quotas", {}).items():
        yield Quota(**place, account=account, name=name, limit=limit, used=used, unit="Count")
    for name, model in step.get("deployments", {}).items():
        yield Deployment(**place, account=account, name=name, model=model, version="1", units=3)


def _script() -> dict[str, Any]:
    name = os.environ.get("FAKECLOUD")
    found = json.loads(Path(name).read_text(encoding="utf-8")) if name else {"credentials": None}
    assert isinstance(found, dict)
    return found
