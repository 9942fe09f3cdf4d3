"""Finding a model that a snapshot, a price table or a carried architecture knows."""

import datetime as dt
from collections.abc import Collection

from planner.cli.reading import Reading
from planner.core.catalog import Catalog
from planner.core.names import ModelNames
from planner.errors import NoDataError, UnknownNameError


def find_model(
    spelling: str,
    names: ModelNames,
    reading: Reading,
    others: Collection[str],
    on: dt.date,
    *,
    whole: bool = False,
) -> tuple[Catalog, str]:
    """The catalog and the canonical name of a model that a snapshot knows, or that is in `others`.

    The catalog has nothing on dates before the first snapshot, and no other models unless it is to
    be `whole`. UnknownNameError with close
    matches where nobody knows the model.
    """
    try:
        catalog = reading.catalog(None if whole else {names.canonical(spelling)})
        name = names.find(spelling, catalog.models() | set(others))
        if name is not None:
            return (catalog, name) if whole else (reading.with_replacements(catalog, name), name)
        catalog = catalog if whole else reading.catalog()
    except NoDataError:
        catalog = Catalog((), (), on)
    known = catalog.models() | set(others)
    name = names.find(spelling, known)
    if name is not None:
        return catalog, name
    close = names.close(spelling, known)
    hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
    raise UnknownNameError(f"no snapshot, price or architecture knows {spelling!r}; {hint}")
