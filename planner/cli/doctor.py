"""`planner doctor`: what is set up, what is missing, and how to mend it."""

import datetime as dt
from collections.abc import Iterator, Sequence

import click

from planner.cli.checks import (
    machine_checks,
    price_checks,
    provider_checks,
    settings_checks,
    snapshot_check,
)
from planner.cli.collecting import login_of
from planner.cli.facts import one_of
from planner.cli.online import online_checks, unasked_checks
from planner.cli.options import Exemplified, Settings, common, on_option, settings
from planner.cli.output import show
from planner.collectors import Facts, find_collectors
from planner.core.collect_answer import Check, CheckStatus, DoctorAnswer
from planner.errors import BadFileError
from planner.files.facts import bedrock_quota_codes, model_names, regions
from planner.files.settings import UserSettings, read_settings

ERROR = 1
_COLUMNS = ["subject", "check", "status", "detail", "fix"]


@click.command("doctor", cls=Exemplified, epilog="Example: planner doctor")
@click.argument("providers", nargs=-1, metavar="[PROVIDER]...")
@click.option("--online", is_flag=True, help="Ask one region of each provider that is set up.")
@click.option("--all", "every_row", is_flag=True, help="Every check on its own line.")
@on_option
@common
def command(*, providers: tuple[str, ...], online: bool, every_row: bool, on: dt.date) -> int:
    """Check SDKs, credentials, snapshots, prices, settings, GPU and torch; ask no cloud.

    Exits 1 only where something that you set up fails: credentials without their SDK, a file that
    cannot be read, your own snapshot gone stale, a PROVIDER that you name and that is not ready.
    """
    chosen = settings()
    checks = tuple(_checks(providers, chosen, on, online))
    answer = DoctorAnswer(on=on, checks=checks)

    def table() -> str:
        from planner.render.doctor import doctor_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return doctor_text(answer, screen(), every_row, online)

    show(chosen, answer, checks, table, _COLUMNS)
    wrong = any(c.status is CheckStatus.FAILED and c.configured for c in checks)
    return ERROR if wrong else 0


def _checks(names: Sequence[str], chosen: Settings, on: dt.date, online: bool) -> Iterator[Check]:
    known = find_collectors()
    wanted = dict.fromkeys(one_of("provider", name, known) for name in names)
    found = _user_settings()
    user = UserSettings() if isinstance(found, BadFileError) else found
    for provider in wanted or sorted(known):
        collector = known[provider]()
        login = login_of(collector)
        yield from provider_checks(collector, login, named=provider in wanted)
        if online:
            home = user.home_region
            own = home if home and regions().get(provider, home) else None
            facts = Facts(model_names(), regions(), bedrock_quota_codes())
            yield from online_checks(collector, login, own, facts)
        else:
            yield from unasked_checks(collector, login)
        yield snapshot_check(provider, chosen.snapshots, user, on)
    yield from settings_checks(found)
    yield from price_checks(chosen.pricing, user, on)
    yield from machine_checks()


def _user_settings() -> UserSettings | BadFileError:
    try:
        return read_settings()
    except BadFileError as error:
        return error
