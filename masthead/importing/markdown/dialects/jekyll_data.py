"""The variable `site` of Jekyll's templates: settings and `site.data`."""

import csv
from io import StringIO
from pathlib import PurePosixPath
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.markdown.site_settings import SiteSettings
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import Value

_DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
_NOTATIONS: Final = frozenset({".yml", ".yaml", ".json", *_DELIMITERS})
MAX_DEPTH: Final = 10


def template_data(site: SiteSettings) -> dict[str, Value]:
    """The settings and data files. `url` and `baseurl` are empty, because new addresses begin at the root."""
    reported = len(site.problems)
    data = _tree(site, site.settings.text("data_dir").strip("./") or "_data", MAX_DEPTH)
    # A data file that was read for authors or tags before is in `problems` already.
    known = {path for path, _ in site.problems[:reported]}
    site.problems[reported:] = [one for one in site.problems[reported:] if one[0] not in known]
    return {**site.settings.raw_values(), "url": "", "baseurl": "", "data": data}


def _tree(site: SiteSettings, within: str, depth: int) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path in site.folder.files_in(within):
        name = PurePosixPath(path)
        if name.suffix in _NOTATIONS:
            found[name.stem] = _table(site, path) if name.suffix in _DELIMITERS else site.data(path)
    for folder in site.folder.folders_in(within) if depth else ():
        found[folder.rpartition("/")[2]] = _tree(site, folder, depth - 1)
    return found


def _table(site: SiteSettings, path: str) -> Value:
    """The rows of a CSV or TSV file as mappings by the names in its first row."""
    try:
        text = decode(site.folder.read(path)).text
        rows = csv.DictReader(StringIO(text), delimiter=_DELIMITERS[PurePosixPath(path).suffix])
        return [
            {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
            for row in rows
        ]
    except Unreadable as error:
        site.problems.append((path, error))
    except csv.Error as error:
        site.problems.append((path, Unreadable(f"This is not a table: {error}.")))
    return None
