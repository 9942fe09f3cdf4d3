"""Which snapshot files a part of `planner snapshots` is asked for."""

from collections.abc import Sequence

from planner.cli.facts import one_of
from planner.cli.options import Settings
from planner.errors import NoDataError
from planner.files.snapshot_files import SnapshotFile, snapshot_files, snapshot_layers


def chosen_files(settings: Settings, provider: Sequence[str] = ()) -> list[SnapshotFile]:
    """The files of both layers, of some providers or all, newest first per provider.

    NoDataError where there is none at all; UnknownNameError with close matches.
    """
    files = snapshot_files(snapshot_layers(settings.snapshots))
    if not files:
        raise NoDataError("there is no snapshot at all; run planner collect")
    known = {file.provider for file in files}
    wanted = {one_of("provider", name, known) for name in provider} or known
    return [file for file in files if file.provider in wanted]
