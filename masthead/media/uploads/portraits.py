"""The pictures of the publication and of people: chosen from the library by their address."""

from collections.abc import Mapping
from typing import Any, Final

from masthead.errors import Invalid, NotFound
from masthead.media import queries, usage
from masthead.media.display import path_in
from masthead.media.links import PREFIX
from masthead.media.models import FileKind
from masthead.people.models import User

PUBLICATION: Final = "publication"
#: The settings with the address of a picture, and the numbers under which their uses are recorded.
SETTINGS: Final = {"logo": 1, "icon": 2}


def note_pictures(changed: Mapping[str, Any]) -> None:
    """Record which pictures the publication shows, after its settings have changed."""
    for name in SETTINGS.keys() & changed.keys():
        usage.note(PUBLICATION, SETTINGS[name], [changed[name]], is_public=True)


def check_picture(address: str | None, *, present: str, field: str, by: User) -> None:
    """Raise `Invalid` unless a new address is that of a picture in the library of this person, or empty."""
    if not address or address == present:
        return
    try:
        media = queries.at_address(path_in(address), reader=by) if address.startswith(PREFIX) else None
    except NotFound:
        media = None
    if media is None or media.kind != FileKind.IMAGE:
        raise Invalid("Choose a picture of the media library; its address begins with /media/.", field=field)
