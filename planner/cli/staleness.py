"""Saying of your own snapshots that they have gone stale."""

from collections.abc import Iterable

from planner.cli.options import Settings
from planner.cli.output import note
from planner.core.catalog import Source
from planner.core.snapshots import Origin
from planner.files.settings import UserSettings
from planner.render.words import age


def note_stale(chosen: Settings, user: UserSettings, sources: Iterable[Source]) -> None:
    """A note for each provider whose newest look at an account is older than the settings allow.

    The carried data is as old as it says and nobody's to renew: it has no note.
    """
    newest: dict[str, Source] = {}
    for source in sources:
        if source.origin is Origin.ACCOUNT:
            known = newest.setdefault(source.provider, source)
            newest[source.provider] = min(known, source, key=lambda s: s.age_days)
    for provider, source in sorted(newest.items()):
        if source.age_days > user.staleness_days:
            told = f"your {provider} snapshot of {source.snapshot} is {age(source.age_days)}"
            fresh = f"fresh is up to {user.staleness_days}"
            note(chosen, f"{told}, {fresh}; planner collect {provider}")
