"""The checks of `planner doctor`: each passes, fails with its fix, or is skipped."""

import datetime as dt
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from planner.cli.collecting import lacking
from planner.cli.facts import known_region
from planner.collectors import Collector, Login
from planner.core.collect_answer import Check, CheckStatus
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.core.snapshots import Snapshot
from planner.errors import BadFileError, UnknownNameError
from planner.files.places import folders, own_folder
from planner.files.pricing import read_pricing
from planner.files.settings import UserSettings
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path
from planner.render.words import age

_PASSED, _FAILED, _SKIPPED = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.SKIPPED
_GPU = ("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
_ENDPOINTS = {
    "azure": ("PLANNER_AZURE_ENDPOINT",),
    "bedrock": ("AWS_ENDPOINT_URL_BEDROCK", "AWS_ENDPOINT_URL"),
    "aws": ("AWS_ENDPOINT_URL",),
    "gemini": ("GOOGLE_GEMINI_BASE_URL",),
}

# The price feed that renews a provider's rows.
_FEEDS = {"azure": "azure", "aws": "aws", "bedrock": "aws"}


class Subject(msgspec.Struct, frozen=True):
    """What checks are about, and whether the user set it up."""

    name: str
    configured: bool

    def passed(self, check: str, detail: str) -> Check:
        """A check that found all well."""
        return self._check(check, _PASSED, detail, None)

    def failed(self, check: str, detail: str, fix: str) -> Check:
        """A check that found a fault, and what mends it."""
        return self._check(check, _FAILED, detail, fix)

    def skipped(self, check: str, detail: str, fix: str | None = None) -> Check:
        """A check that could not be made, or that is about nothing here."""
        return self._check(check, _SKIPPED, detail, fix)

    def _check(self, check: str, status: CheckStatus, detail: str, fix: str | None) -> Check:
        return Check(
            subject=self.name,
            check=check,
            status=status,
            configured=self.configured,
            detail=detail,
            fix=fix,
        )


def provider_checks(collector: Collector, login: Login, *, named: bool) -> Iterator[Check]:
    """SDK, credentials and endpoint setting of a provider, without asking it anything.

    A provider counts as set up where credentials are found or where it was `named`.
    """
    subject = Subject(collector.provider, named or login.credentials is not None)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(login.sdk.items()))
    lack, fix = (lacking(collector.provider, login) or "").partition("; ")[::2]
    if login.missing_extra is None:
        yield subject.passed("sdk", versions or "none needed")
    elif subject.configured:
        yield subject.failed("sdk", lack, fix)
    else:
        yield subject.skipped("sdk", "not installed", fix)
    if login.credentials is not None:
        yield subject.passed("credentials", login.credentials)
    else:
        hint = login.hint or "see the README for how to log in"
        wanting = subject.failed if named else subject.skipped
        yield wanting("credentials", "none found", hint)
    if (endpoint := _endpoint(subject, os.environ)) is not None:
        yield endpoint


def _endpoint(subject: Subject, environment: Mapping[str, str]) -> Check | None:
    """The endpoint that the environment sets; None where it sets none."""
    names = _ENDPOINTS.get(subject.name, ())
    name = next((n for n in names if environment.get(n)), None)
    if name is None:
        return None
    parts = urlsplit(environment[name])
    here = Subject(subject.name, configured=True)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return here.failed("endpoint", f"{name} is no address", f"set {name} to https://HOST")
    if subject.name == "azure" and parts.scheme != "https":
        return here.failed("endpoint", f"{name} is not https", f"set {name} to https://HOST")
    # The host alone: an address may carry a password.
    where = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    return here.passed("endpoint", f"{where}, from {name}")


def snapshot_check(provider: str, chosen: Path | None, user: UserSettings, today: dt.date) -> Check:
    """Whether the user's newest snapshot of a provider can be read and is fresh."""
    folder = own_folder("snapshots", chosen)
    days = list_snapshots(folder).get(provider, []) if folder else []
    subject = Subject(provider, configured=bool(days))
    again = f"planner collect {provider}"
    if not folder or not days:
        return subject.skipped("snapshot", "none of your own; the carried data answers", again)
    try:
        last = read_snapshot(snapshot_path(folder, provider, days[-1]), lambda _: False)
    except BadFileError as error:
        return subject.failed("snapshot", str(error), again)
    return _freshness(subject, last, user.staleness_days, today, again)


def _freshness(
    subject: Subject, last: Snapshot, staleness_days: int, today: dt.date, again: str
) -> Check:
    days = (today - last.date).days
    lost = {e.region for e in last.coverage if not e.status.was_read}
    detail = f"{last.date}, {age(days)}"
    if days < 0:
        return subject.failed("snapshot", f"{last.date} lies after today, {today}", "set the clock")
    if days > staleness_days:
        return subject.failed("snapshot", f"{detail}; fresh is up to {staleness_days}", again)
    detail += f"; {len(lost)} regions not read whole" if lost else ""
    return subject.passed("snapshot", detail)


def settings_checks(user: UserSettings | BadFileError) -> Iterator[Check]:
    """Whether the settings files can be read, and whether what they name is there."""
    if isinstance(user, BadFileError):
        told = Subject("settings", configured=True)
        yield told.failed("file", str(user), "correct that line")
        return
    subject = Subject("settings", configured=bool(user.files))
    if not user.files:
        yield subject.skipped("file", "no planner.yaml, here or in the configuration folder")
        return
    yield subject.passed("file", " over ".join(str(path) for path in user.files))
    if user.home_region is not None:
        try:
            yield subject.passed("home_region", known_region(user.home_region))
        except UnknownNameError as error:
            yield subject.failed("home_region", *str(error).split("; ", 1))
    for name in ("using", "ignore", "severities"):
        path: Path | None = getattr(user, name)
        if path is not None and path.is_file():
            yield subject.passed(name, str(path))
        elif path is not None:
            yield subject.failed(name, f"{path} is not there", f"write it, or unset {name}")


def price_checks(chosen: Path | None, user: UserSettings, today: dt.date) -> Iterator[Check]:
    """Whether the price tables can be read, and how old the newest row of each provider is."""
    own = own_folder("pricing", chosen) is not None
    subject = Subject("prices", configured=own)
    try:
        table = read_pricing(folders("pricing", chosen))
    except BadFileError as error:
        yield subject.failed("tables", str(error), "correct that line")
        return
    newest: dict[str, dt.date] = {}
    rows: tuple[UsagePrice | HourlyPrice, ...] = (*table.usage, *table.hourly)
    for row in rows:
        newest[row.provider] = max(table.read_on(row), newest.get(row.provider, dt.date.min))
    for provider, day in sorted(newest.items()):
        days = (today - day).days
        detail = f"{day}, {age(days)}"
        if days <= user.staleness_days:
            yield subject.passed(provider, detail)
        else:
            feed = _FEEDS.get(provider)
            fix = f"planner prices refresh {feed}" if feed else "get a newer planner's tables"
            yield subject.failed(provider, f"{detail}; fresh is up to {user.staleness_days}", fix)


def machine_checks() -> Iterator[Check]:
    """GPU and torch of this machine: of use to `planner probe` alone."""
    subject = Subject("machine", configured=False)
    if shutil.which(_GPU[0]) is None:
        yield subject.skipped("gpu", "no nvidia-smi here; planner probe measures the CPU")
    else:
        yield _gpu()
    if importlib.util.find_spec("torch") is None:
        yield subject.skipped(
            "torch",
            "not installed; probe MODEL needs it",
            "pip install 'cloud-llm-planner[probe]'",
        )
    else:
        yield subject.passed("torch", metadata.version("torch"))


def _gpu() -> Check:
    subject = Subject("machine", configured=True)
    try:
        done = subprocess.run(_GPU, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        detail = f"nvidia-smi fails ({type(error).__name__})"
        return subject.failed("gpu", detail, "mend the NVIDIA driver; nvidia-smi must answer")
    found = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    if not found:
        return subject.skipped("gpu", "nvidia-smi lists none")
    return subject.passed("gpu", f"{len(found)} x {found[0]}")
