"""The kinds of media that texts show, by the extension of a URL: pictures, audio, video, captions and other files."""

from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

#: Stored files have their URLs below this path.
PREFIX: Final = "/media/"


class MediaElement(StrEnum):
    """The element that shows a file."""

    PICTURE = "picture"
    AUDIO = "audio"
    VIDEO = "video"
    CAPTIONS = "captions"
    FILE = "file"


_EXTENSIONS: Final = {
    MediaElement.PICTURE: "apng avif bmp gif heic heif ico jfif jpeg jpg jxl png svg tif tiff webp",
    MediaElement.AUDIO: "aac flac m4a mp3 oga ogg opus wav weba",
    MediaElement.VIDEO: "m4v mov mp4 ogv webm",
    MediaElement.CAPTIONS: "vtt",
    MediaElement.FILE: "7z csv doc docx epub gz ics key json md mobi numbers odp ods odt pages pdf ppt pptx rtf tar txt xls xlsx zip",
}
_KINDS: Final = {extension: kind for kind, names in _EXTENSIONS.items() for extension in names.split()}


def kind_of(address: str) -> MediaElement:
    """Return the kind of the media at a URL; one without a known extension counts as a picture."""
    return _KINDS.get(extension_of(address), MediaElement.PICTURE)


def extension_of(address: str) -> str:
    """Return the extension of a URL's path in lower case, without its dot; empty if there is none."""
    name = path_of(address).rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def path_of(address: str) -> str:
    """Return the path of a URL; empty for one that cannot be parsed."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def is_stored_file(address: str) -> bool:
    """Return whether a URL has the path of a stored file that is no picture."""
    return path_of(address).startswith(PREFIX) and kind_of(address) is not MediaElement.PICTURE
