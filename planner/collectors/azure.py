"""Azure: models, quotas, deployments, capacity and GPU sizes of every subscription and region.

All of it is read with GET from the management API, as raw JSON, since the SDK's typed models drop
the meter ids. Roles that suffice on each subscription: Reader, and Cognitive Services Usages Reader
for the quotas.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from planner.collectors import Facts, Harvest, Login, Piece, Request
from planner.collectors._azure_crew import Crew
from planner.collectors._azure_errors import TroubleError
from planner.collectors._azure_gpu import gpu_sizes_alone
from planner.collectors._azure_http import Arm
from planner.collectors._azure_limits import Clock, Gate, Limits, Run
from planner.collectors._azure_login import connect, credential_kind, endpoint, sdk_versions
from planner.collectors._azure_parse import parse
from planner.collectors._azure_plan import Plan
from planner.collectors._azure_questions import Question
from planner.core.snapshots import Status

_EXTRA = "azure"
_NEEDED = frozenset({"azure-identity", "azure-mgmt-core"})
_HINT = "run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"


class _Answer(msgspec.Struct, frozen=True):
    """A piece, and whether its trouble ends the run."""

    piece: Piece
    stops: bool = False


class AzureCollector:
    """Collects from Azure Resource Manager; `limits` bound what a server can do to a run."""

    provider: ClassVar[str] = "azure"
    extra: ClassVar[str] = _EXTRA

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def login(self) -> Login:
        """Look for SDK and credentials without asking the cloud."""
        sdk = sdk_versions()
        kind = credential_kind()
        return Login(
            sdk=sdk,
            credentials=kind,
            missing_extra=None if sdk.keys() >= _NEEDED else _EXTRA,
            hint=None if kind else _HINT,
        )

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Ask Azure: a piece for each question, in the order in which the answers come.

        A body is `{"value": [...]}` of all pages, as JSON bytes.
        """
        if not sdk_versions().keys() >= _NEEDED:
            error = f"the SDK is not installed; pip install 'cloud-llm-planner[{_EXTRA}]'"
            yield Piece(what="login", status=Status.FAILED, error=error)
            return
        run = Run(request.deadline_seconds)
        asker = _Asker(request, run, self._limits)
        crew = Crew[Question, _Answer](asker.ask, request.concurrency, run)
        plan = Plan(request, tuple(os.environ.get("AZURE_SUBSCRIPTION_ID", "").split()))
        try:
            crew.add(plan.start())
            for done, (question, answer) in enumerate(crew.answers(), start=1):
                if answer.stops:
                    yield msgspec.structs.replace(
                        answer.piece, what="login", account=None, region=None
                    )
                    return
                for following in plan.after(question, answer.piece):
                    if isinstance(following, Piece):
                        yield following
                    else:
                        crew.add(following, following.rank)
                tell(question.label, done, crew.asked)
            for question in crew.open:
                yield question.piece(Status.FAILED, "not read before the run's deadline")
            yield from plan.unlisted()
        finally:
            crew.close()
            asker.close()

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """Read the pieces; see `_azure_parse`."""
        return parse(pieces, facts)


class _Asker:
    """Turns a question into a piece; the first question logs in."""

    def __init__(self, request: Request, run: Run, limits: Limits) -> None:
        self._request = request
        self._run = run
        self._limits = limits
        self._arm: Arm | None = None
        self._credential: Any = None

    def ask(self, question: Question) -> _Answer:
        """Return the answer to one question, whatever happens."""
        try:
            return _Answer(question.piece(Status.OK, body=self._body(question)))
        except TroubleError as trouble:
            return _Answer(question.piece(trouble.status, trouble.error), trouble.stops)

    def close(self) -> None:
        """Close the connections."""
        if self._arm is not None:
            self._arm.close()
            self._credential.close()

    def _body(self, question: Question) -> bytes | None:
        if self._arm is None:
            address = endpoint()
            client, self._credential = connect(address, self._request.concurrency)
            gate = Gate(self._request.concurrency)
            self._arm = Arm(address, client, gate, self._limits)
            return None
        clock = Clock(self._run, self._request.region_seconds)
        body = self._arm.list_all(question.path, question.query, clock, question.role)
        return gpu_sizes_alone(body) if question.what == "gpu-sizes" else body


COLLECTOR = AzureCollector
