"""`planner snapshots check`: what is wrong or odd about snapshot files."""

from pathlib import Path

import click

from planner.cli.options import Exemplified, common, settings
from planner.cli.output import show
from planner.core.snapshots_answer import FileFinding, SnapshotsCheckAnswer
from planner.files.snapshot_checks import check_file, files_in, strays
from planner.files.snapshot_files import snapshot_layers

ERROR = 1


@click.command("check", cls=Exemplified, epilog="Example: planner snapshots check")
@click.argument("places", metavar="[FILE|FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 1 on what is odd, too.")
@click.option("--all", "every_row", is_flag=True, help="Every finding on a terminal.")
@common
def command(*, places: tuple[Path, ...], strict: bool, every_row: bool) -> int:
    """Read every file strictly and name all that is wrong (error) or odd (warning), by line.

    Without a FILE or FOLDER: your snapshots and the carried ones. A file with an error is not
    read by any command; one with warnings is. Exits 1 where there is an error.
    """
    chosen = settings()
    wanted = places or tuple(snapshot_layers(chosen.snapshots).values())
    files = [path for place in wanted for path in files_in(place)]
    findings = [finding for place in wanted if place.is_dir() for finding in strays(place)]
    findings += [finding for path in files for finding in check_file(path)]
    notes = () if files else ("no snapshot is there; run planner collect",)
    answer = SnapshotsCheckAnswer(files=len(files), findings=tuple(findings), notes=notes)

    def text() -> str:
        from planner.render.snapshots import check_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return check_text(answer, screen(), every_row=every_row)

    show(chosen, answer, findings, text, of=FileFinding)
    return ERROR if any(strict or f.severity == "error" for f in findings) else 0
