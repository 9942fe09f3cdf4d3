"""Asking AWS through boto3: one session, every region, pages to their end."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from planner.collectors import Piece, Request
from planner.collectors._aws_errors import is_conflict, trouble_of
from planner.collectors._aws_http import Sender
from planner.collectors._aws_login import INSTALL
from planner.collectors._aws_parse import UNTOLD
from planner.collectors._aws_work import Job, Terms, Trouble, gather
from planner.core.allowances import NOT_ENABLED
from planner.core.snapshots import Status
from planner.errors import MissingExtraError

_TRIES = 3
_PAGES = 200
_HOME = "us-east-1"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of one service; the answer must hold `key`, a list that pages can continue.

    `token` is the field that names the next page, None where there are no pages. An answer that is
    `single` is one object with `key` in it.
    """

    what: str
    service: str
    operation: str
    key: str
    arguments: dict[str, Any] = {}
    token: str | None = None
    single: bool = False


class Aws:
    """A login. Raises Trouble where the configured profile does not exist."""

    def __init__(self, concurrency: int) -> None:
        try:
            import boto3  # type: ignore[import-untyped]  # noqa: PLC0415
            import botocore.session  # type: ignore[import-untyped]  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError(f"boto3 is not installed; {INSTALL}") from error
        core = botocore.session.Session()
        self._sender = Sender(core, concurrency)
        core.register("before-send", self._sender)
        core.user_agent_extra = "cloud-llm-planner"
        try:
            self._session = boto3.Session(botocore_session=core)
            self.home: str = self._session.region_name or _HOME
        except Exception as error:
            raise trouble_of(error, "session", "profile") from error
        self._clients: dict[tuple[str, str], Any] = {}
        self._unbuilt: dict[tuple[str, str], Trouble] = {}

    def prepare(self, services: Iterable[str], regions: Iterable[str]) -> None:
        """Build the clients: in one thread, since building is not safe in several."""
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

        config = Config(
            retries={"mode": "standard", "total_max_attempts": _TRIES},
            auth_scheme_preference="aws.auth#sigv4",  # a bearer token is for bedrock-mantle alone
        )
        for service in services:
            for region in regions:
                if (service, region) in self._clients:
                    continue
                try:
                    client = self._session.client(service, region_name=region, config=config)
                except Exception as error:  # noqa: BLE001 - a region's name can be impossible
                    self._unbuilt[service, region] = trouble_of(error, service, "client")
                else:
                    self._clients[service, region] = client

    def job(self, question: Question, region: str) -> Job:
        """A question to a region, ready to be asked in any thread."""
        return Job(
            what=question.what,
            region=region,
            ask=lambda deadline: self.ask(question, region, deadline),
        )

    def ask(self, question: Question, region: str, deadline: float) -> dict[str, Any]:
        """The answer, all pages under the question's key as one list; else Trouble."""
        found: list[Any] = []
        tokens: set[str] = set()
        arguments = dict(question.arguments)
        with self._sender.until(deadline):
            for _ in range(_PAGES):
                answer = self._call(question, region, arguments)
                # botocore makes an empty success of HTML and of broken JSON.
                page = answer.get(question.key)
                if question.single and isinstance(page, dict):
                    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}
                if not isinstance(page, list):
                    raise Trouble(Status.FAILED, f"the answer holds no {question.key}")
                found += page
                token = answer.get(question.token) if question.token else None
                if not token:
                    return {question.key: found}
                if token in tokens:
                    break
                tokens.add(token)
                arguments[str(question.token)] = token
        raise Trouble(Status.FAILED, f"the pages of {question.key} do not end")

    def account(self, terms: Terms) -> tuple[str, str]:
        """The account's id and its partition ("aws"), from STS; else Trouble."""

        def whoami(deadline: float) -> tuple[str, str]:
            with self._sender.until(deadline):
                answer = self._call(_WHO, self.home, {})
            account, arn = answer.get("Account"), answer.get("Arn")
            if not isinstance(account, str) or not isinstance(arn, str):
                raise Trouble(Status.FAILED, "sts get-caller-identity gave no account")
            return account, [*arn.split(":"), "", ""][1]

        self.prepare(["sts"], [self.home])
        (piece,) = gather([Job(what="account", ask=whoami)], terms)
        if piece.status is not Status.OK:
            raise Trouble(piece.status, piece.error or "")
        found: tuple[str, str] = piece.body
        return found

    def regions(self, service: str, partition: str) -> list[str]:
        """The regions in which the SDK knows a service."""
        found = self._session.get_available_regions(service, partition_name=partition or "aws")
        return sorted(found)

    def enabled(self, terms: Terms) -> set[str]:
        """The regions that the account has enabled; Trouble where that cannot be read."""
        self.prepare(["ec2"], [self.home])
        (piece,) = gather([self.job(_REGIONS, self.home)], terms)
        if piece.status is not Status.OK:
            raise Trouble(piece.status, piece.error or "")
        rows = [row for row in piece.body["Regions"] if isinstance(row, dict)]
        return {str(row.get("RegionName")) for row in rows}

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()
        self._sender.close()

    def _call(self, question: Question, region: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if (trouble := self._unbuilt.get((question.service, region))) is not None:
            raise trouble
        client = self._clients[question.service, region]
        name = client.meta.method_to_api_mapping[question.operation]
        for attempt in range(1, _TRIES + 1):
            try:
                answer: dict[str, Any] = getattr(client, question.operation)(**arguments)
            except Exception as error:
                if attempt == _TRIES or not is_conflict(error):
                    raise trouble_of(error, question.service, name) from error
                # Of what may pass, this alone is not tried again by botocore.
                time.sleep(random.uniform(0.5, 1) * attempt)  # noqa: S311 - jitter
            else:
                return answer
        raise AssertionError(_TRIES)


_WHO = Question(what="account", service="sts", operation="get_caller_identity", key="Account")
_REGIONS = Question(what="regions", service="ec2", operation="describe_regions", key="Regions")


def chosen_regions(
    aws: Aws, service: str, partition: str, terms: Terms
) -> tuple[list[str], list[str], str | None]:
    """The regions to ask, those that the account has not enabled, and why that is not known.

    Those that were named are asked as they are; where regions cannot be listed, each is tried.
    """
    if terms.request.regions:
        return sorted(set(terms.request.regions)), [], None
    known = aws.regions(service, partition)
    try:
        enabled = aws.enabled(terms)
    except Trouble as trouble:
        return known, [], trouble.error
    if enabled.isdisjoint(known):
        return known, [], f"DescribeRegions names none that has {service}"
    return [r for r in known if r in enabled], [r for r in known if r not in enabled], None


def fetch_regions(
    service: str,
    questions: tuple[Question, ...],
    request: Request,
    tell: Callable[[str, int, int], None],
    *,
    more: Callable[[str], Job | None] = lambda _: None,
    then: Callable[[Piece], Sequence[Question]] = lambda _: (),
) -> Iterator[Piece]:
    """Ask each region of a service the same questions, `more`, and `then` what an answer calls for.

    A region that is not enabled has one piece, `not_offered`. Where the login itself fails, one
    piece "account" without a region says so.
    """
    terms = Terms(request=request, ends=time.monotonic() + request.deadline_seconds)
    aws = None
    try:
        aws = Aws(request.concurrency)
        account, partition = aws.account(terms)
        terms = Terms(
            request=request, ends=terms.ends, account=request.alias(account, "aws"), tell=tell
        )
        regions, closed, untold = chosen_regions(aws, service, partition, terms)
        if untold is not None:
            yield Piece(what=UNTOLD, account=terms.account, body=untold)
        yield from (_closed(region, questions[0].what, terms) for region in closed)
        aws.prepare({question.service for question in questions}, regions)
        jobs = [aws.job(question, region) for region in regions for question in questions]
        follow: list[Job] = []
        for piece in gather([*jobs, *filter(None, map(more, regions))], terms):
            yield piece
            follow += [aws.job(question, piece.region or "") for question in then(piece)]
        yield from gather(follow, terms)
    except Trouble as trouble:
        yield Piece(what="account", status=trouble.status, error=trouble.error)
    finally:
        if aws is not None:
            aws.close()


def _closed(region: str, what: str, terms: Terms) -> Piece:
    return Piece(
        what=what,
        account=terms.account,
        region=region,
        status=Status.NOT_OFFERED,
        error=NOT_ENABLED,
    )
