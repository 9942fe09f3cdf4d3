"""The versions of Azure's own models, to read the days that meter words name: "0806", "05052026".

The words name month and day at the most, so the year comes from the versions that are known; of a
model that no table holds, from the day on which its price began.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

# Source: the management API's models of swedencentral, 2026-04-23, Azure's documentation of models
# and retirements, 2026-06-03 and 2026-07-07, and its earlier states for what had retired by then.
VERSIONS: dict[str, tuple[str, ...]] = {
    "babbage-002": ("1",),
    "codex-mini": ("2025-05-16",),
    "computer-use-preview": ("2025-02-11", "2025-03-11"),
    "dall-e-2": ("2.0",),
    "dall-e-3": ("3.0",),
    "davinci-002": ("1",),
    "gpt-35-turbo": ("0613", "1106", "0125"),
    "gpt-35-turbo-16k": ("0613",),
    "gpt-35-turbo-instruct": ("0914",),
    "gpt-4": ("0613", "1106-Preview", "0125-Preview", "vision-preview"),
    "gpt-4-32k": ("0613",),
    "gpt-4-turbo": ("turbo-2024-04-09",),
    "gpt-4.1": ("2025-04-14",),
    "gpt-4.1-mini": ("2025-04-14",),
    "gpt-4.1-nano": ("2025-04-14",),
    "gpt-4.5-preview": ("2025-02-27",),
    "gpt-4o": ("2024-05-13", "2024-08-06", "2024-11-20"),
    "gpt-4o-audio-preview": ("2024-12-17", "2025-06-03"),
    "gpt-4o-mini": ("2024-07-18",),
    "gpt-4o-mini-audio-preview": ("2024-12-17",),
    "gpt-4o-mini-realtime-preview": ("2024-12-17",),
    "gpt-4o-mini-transcribe": ("2025-03-20", "2025-12-15"),
    "gpt-4o-mini-tts": ("2025-03-20", "2025-12-15"),
    "gpt-4o-realtime-preview": ("2024-10-01", "2024-12-17", "2025-06-03"),
    "gpt-4o-transcribe": ("2025-03-20",),
    "gpt-4o-transcribe-diarize": ("2025-10-15",),
    "gpt-5": ("2025-08-07",),
    "gpt-5-chat": ("2025-08-07", "2025-10-03"),
    "gpt-5-codex": ("2025-09-15",),
    "gpt-5-mini": ("2025-08-07",),
    "gpt-5-nano": ("2025-08-07",),
    "gpt-5-pro": ("2025-10-06",),
    "gpt-5.1": ("2025-11-13",),
    "gpt-5.1-chat": ("2025-11-13",),
    "gpt-5.1-codex": ("2025-11-13",),
    "gpt-5.1-codex-max": ("2025-12-04",),
    "gpt-5.1-codex-mini": ("2025-11-13",),
    "gpt-5.2": ("2025-12-11",),
    "gpt-5.2-chat": ("2025-12-11", "2026-02-10"),
    "gpt-5.2-codex": ("2026-01-14",),
    "gpt-5.3-chat": ("2026-03-03",),
    "gpt-5.3-codex": ("2026-02-24",),
    "gpt-5.4": ("2026-03-05",),
    "gpt-5.4-mini": ("2026-03-17",),
    "gpt-5.4-nano": ("2026-03-17",),
    "gpt-5.4-pro": ("2026-03-05",),
    "gpt-5.5": ("2026-04-24",),
    "gpt-audio": ("2025-08-28",),
    "gpt-audio-1.5": ("2026-02-23",),
    "gpt-audio-mini": ("2025-10-06", "2025-12-15"),
    "gpt-chat-latest": ("2026-05-05", "2026-05-28", "2026-06-24"),
    "gpt-image-1": ("2025-04-15",),
    "gpt-image-1-mini": ("2025-10-06",),
    "gpt-image-1.5": ("2025-12-16",),
    "gpt-image-2": ("2026-04-21",),
    "gpt-realtime": ("2025-08-28",),
    "gpt-realtime-1.5": ("2026-02-23",),
    "gpt-realtime-2": ("2026-05-06",),
    "gpt-realtime-mini": ("2025-10-06", "2025-12-15"),
    "o1": ("2024-12-17",),
    "o1-mini": ("2024-09-12",),
    "o1-preview": ("2024-09-12",),
    "o1-pro": ("2025-03-19",),
    "o3": ("2025-04-16",),
    "o3-deep-research": ("2025-06-26",),
    "o3-mini": ("2025-01-31",),
    "o3-pro": ("2025-06-10",),
    "o4-mini": ("2025-04-16",),
    "text-embedding-3-large": ("1",),
    "text-embedding-3-small": ("1",),
    "text-embedding-ada-002": ("1", "2"),
    "tts": ("001",),
    "tts-hd": ("001",),
    "whisper": ("001",),
}
_NO_DIGIT = re.compile(r"\D")
_DAY = re.compile(r"(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])")
_WHOLE = re.compile(r"(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?P<year>20\d\d)")
# A model's prices begin from a month before its date (they begin with a month) to this much later.
_LATER = timedelta(days=100)
_SOONER = timedelta(days=31)


def is_day(word: str) -> bool:
    """Whether a word names a month and a day, perhaps with a year."""
    return (_DAY.fullmatch(word) or _WHOLE.fullmatch(word)) is not None


def version_of(
    model: str, day: str | None, began: date, known: Mapping[str, Collection[str]]
) -> str | None:
    """Return the version that a day in the words means, or the only one that a model has.

    `known` are versions that offers have, before the table. None where the words name none and
    the model has several, or none is known. Raises ValueError where a day cannot be told.
    """
    versions = sorted({*known.get(model, ()), *VERSIONS.get(model, ())})
    if day is None:
        return versions[0] if len(versions) == 1 else None
    if match := _WHOLE.fullmatch(day):
        return _checked(int(match["year"]), day)
    fitting = [v for v in versions if _NO_DIGIT.sub("", v).endswith(day)]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        raise ValueError(f"its day {day} fits the versions {', '.join(fitting)}")
    years = [
        year for year in (began.year - 1, began.year, began.year + 1) if _fits(year, day, began)
    ]
    if len(years) != 1:
        raise ValueError(f"the year of its version {day} cannot be told")
    return _checked(years[0], day)


def _fits(year: int, day: str, began: date) -> bool:
    try:
        version = date.fromisoformat(_checked(year, day))
    except ValueError:
        return False
    return version - _SOONER <= began <= version + _LATER


def _checked(year: int, day: str) -> str:
    return date(year, int(day[:2]), int(day[2:4])).isoformat()
