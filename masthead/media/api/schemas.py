"""The API shapes of files."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from masthead.media.links import PREFIX, address_of, current_url
from masthead.media.models import (
    ALT_CHARACTERS,
    CAPTION_CHARACTERS,
    CREDIT_CHARACTERS,
    LICENCE_CHARACTERS,
    NAME_CHARACTERS,
    FileKind,
    Media,
    MediaStatus,
    MediaUpload,
)
from masthead.media.processing.facts import PictureEdit
from masthead.media.signals import Use
from masthead.media.uploads.parts import PART_BYTES
from masthead.media.uploads.quotas import Quota
from masthead.media.words import Words
from masthead.people.models import User
from masthead.unset import UNSET
from masthead.web.api.paging import CURSOR_CHARACTERS, address
from masthead.web.api.schemas import Count, ListAnswer, Made, Moment, PageQuery, Schema, Text

Alt = Annotated[
    Text,
    Field(
        max_length=ALT_CHARACTERS,
        description="Says what the picture shows, for those who do not see it.",
        examples=["A ferry on a rope"],
    ),
]
Decorative = Annotated[
    bool,
    Field(description="True for a picture that says nothing; then it has no `alt`.", examples=[False]),
]
Caption = Annotated[Text, Field(max_length=CAPTION_CHARACTERS, examples=["The crossing at Callow."])]
Credit = Annotated[
    Text,
    Field(
        max_length=CREDIT_CHARACTERS,
        description="Who made it; from the copyright notice of the file, if nothing is said.",
        examples=["Ada Hart"],
    ),
]
Licence = Annotated[Text, Field(max_length=LICENCE_CHARACTERS, examples=["CC BY 4.0"])]
Fraction = Annotated[float, Field(ge=0, le=1, examples=[0.5])]
FileName = Annotated[Text, Field(min_length=1, max_length=1_000, examples=["ferry.jpg"])]


class Focal(Schema):
    """The point that every crop keeps, as fractions of width and height."""

    x: Fraction
    y: Fraction


class MediaWords(Schema):
    """The words of a file; omitted ones stay."""

    alt: Alt | None = None
    decorative: Decorative | None = None
    caption: Caption | None = None
    credit: Credit | None = None
    licence: Licence | None = None

    def words(self) -> Words:
        """Return the words that were sent."""
        return Words(**self._sent())

    def _sent(self) -> dict[str, Any]:
        names = {"alt", "decorative", "caption", "credit", "licence"} & self.model_fields_set
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class MediaChange(MediaWords):
    """The words and the focal point of a file; omitted ones stay."""

    focal: Focal | None = None

    def words(self) -> Words:
        """Return the words and the point that were sent."""
        point = self.focal
        return Words(**self._sent(), focal_x=point.x if point else UNSET, focal_y=point.y if point else UNSET)


class MediaEdit(Schema):
    """A turn and a cut; without both the picture is shown as it was brought in."""

    rotation: Literal[0, 90, 180, 270] = Field(default=0, description="Degrees clockwise.", examples=[90])
    left: Fraction = 0.0
    top: Fraction = 0.0
    width: Fraction = 1.0
    height: Fraction = 1.0

    def edit(self) -> PictureEdit:
        """Return the edit."""
        return PictureEdit(self.rotation, self.left, self.top, self.width, self.height)


class VariantAnswer(Schema):
    """A picture in another size or format."""

    url: str = Field(examples=["https://magazine.example/media/ab/cdef-640-01234567.avif"])
    width: int = Field(examples=[640])
    height: int = Field(examples=[480])
    type: str = Field(examples=["image/avif"])


class UsedIn(Schema):
    """A place that shows the file, as far as you may know of it."""

    kind: str = Field(
        description="`post`, `working_copy` or `revision` of a post, `page`, `profile`, `publication`, `embed`, `post_template` or `snippet`.",
        examples=["post"],
    )
    id: int = Field(examples=[1])
    title: str = Field(examples=["The ferry that runs on a rope"])
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry"])


class Uploader(Schema):
    """The person who brought the file in."""

    id: int = Field(examples=[1])
    username: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Hart"])

    @classmethod
    def of(cls, user: User) -> "Uploader":
        """Return the shape of a person."""
        return cls(id=user.id, username=user.username, name=user.display_name)


class MediaAnswer(Schema):
    """A file of the library."""

    id: int = Field(examples=[5])
    url: str = Field(
        description="Stays, also when the file is replaced.",
        examples=["https://magazine.example/media/ab/cdef.jpg"],
    )
    address: str = Field(description="The same for texts of this site.", examples=["/media/ab/cdef.jpg"])
    current_url: str = Field(
        description="Changes with the file, so that it can be cached for ever.",
        examples=["https://magazine.example/media/ab/cdef.jpg"],
    )
    type: str = Field(examples=["image/jpeg"])
    kind: FileKind = Field(examples=["image"])
    name: str = Field(max_length=NAME_CHARACTERS, examples=["ferry.jpg"])
    bytes: int = Field(examples=[204800])
    width: int | None = Field(description="Null for files that are no pictures.", examples=[1600])
    height: int | None = Field(examples=[1200])
    alt: str = Field(examples=["A ferry on a rope"])
    decorative: bool = Field(examples=[False])
    caption: str = Field(examples=["The crossing at Callow."])
    credit: str = Field(examples=["Ada Hart"])
    licence: str = Field(examples=["CC BY 4.0"])
    focal: Focal
    edit: MediaEdit
    hash: str = Field(description="SHA-256 of the file.", examples=["0f" * 32])
    status: MediaStatus = Field(
        description="`processing` until the variants are made; the file itself is served from the start.",
        examples=["ready"],
    )
    problem: str = Field(description="For `failed`: the reason.", examples=[""])
    placeholder: str = Field(
        description="A tiny blurred picture, or empty.", examples=["data:image/webp;base64,UklGR"]
    )
    variants: list[VariantAnswer]
    used_in: list[UsedIn]
    uploaded_by: Uploader | None
    created_at: Made
    trashed_at: datetime | None = Field(
        description="When it was moved to the trash.", examples=["2026-11-21T09:30:00Z"]
    )

    @classmethod
    def of(cls, media: Media, uses: list[Use]) -> "MediaAnswer":
        """Return the shape of a file, whose owner and variants are loaded."""
        return cls(
            id=media.id,
            url=address(address_of(media)),
            address=address_of(media),
            current_url=address(current_url(media)),
            type=media.media_type,
            kind=FileKind(media.kind),
            name=media.name,
            bytes=media.size,
            width=media.width or None,
            height=media.height or None,
            alt=media.alt,
            decorative=media.decorative,
            caption=media.caption,
            credit=media.credit,
            licence=media.licence,
            focal=Focal(x=media.focal_x, y=media.focal_y),
            edit=_edit_of(media),
            hash=media.content_hash,
            status=MediaStatus(media.status),
            problem=media.problem,
            placeholder=media.placeholder,
            variants=[
                VariantAnswer(
                    url=address(PREFIX + one.path), width=one.width, height=one.height, type=one.media_type
                )
                for one in media.sizes
            ],
            used_in=[
                UsedIn(kind=use.kind, id=use.object_id, title=use.title, url=_place(use.url)) for use in uses
            ],
            uploaded_by=Uploader.of(media.owner) if media.owner is not None else None,
            created_at=media.created_at,
            trashed_at=media.trashed_at,
        )


def _place(url: str) -> str:
    # A card shows a page of another site.
    return address(url) if url.startswith("/") else url


def _edit_of(media: Media) -> MediaEdit:
    left, top, width, height = media.crop_left, media.crop_top, media.crop_width, media.crop_height
    found = {"rotation": media.rotation, "left": left, "top": top, "width": width, "height": height}
    return MediaEdit.model_validate(found)


class MediaList(ListAnswer):
    """A page of files, the latest first."""

    media: list[MediaAnswer]


class MediaQuery(PageQuery):
    """The filters of the library."""

    cursor: Text | None = Field(
        default=None,
        max_length=CURSOR_CHARACTERS,
        description="The `next_cursor` of the answer before.",
        examples=["WyIyMDI2LTExLTIxVDA5OjMwOjAwKzAwOjAwIiwgMV0"],
    )
    q: Text | None = Field(
        default=None,
        max_length=200,
        description="Words in the name, `alt`, caption, credit and licence.",
        examples=["ferry"],
    )
    kind: FileKind | None = Field(default=None, description="Files of a kind.", examples=["image"])
    by: Text | None = Field(
        default=None, max_length=60, description="The user name of who brought it in.", examples=["ada"]
    )
    since: Moment | None = Field(default=None, description="Brought in at this time or later.")
    unused: bool = Field(default=False, description="True: files that nothing shows.", examples=[True])
    trashed: bool = Field(default=False, description="True: the trash.", examples=[False])


class MediaDeletion(Schema):
    """How a file is deleted."""

    purge: bool = Field(
        default=False, description="True deletes a file in the trash permanently.", examples=[True]
    )


class QuotaAnswer(Schema):
    """Your room for files, in bytes; null without a limit."""

    limit_bytes: int | None = Field(examples=[500000000])
    used_bytes: int = Field(examples=[204800])
    left_bytes: int | None = Field(examples=[499795200])

    @classmethod
    def of(cls, quota: Quota) -> "QuotaAnswer":
        """Return the shape of a quota."""
        return cls(limit_bytes=quota.limit_bytes, used_bytes=quota.used_bytes, left_bytes=quota.left_bytes)


class UploadInput(Schema):
    """A file that is sent in parts."""

    name: FileName
    bytes: int = Field(ge=1, le=2_000_000_000, description="Its length.", examples=[9000000])


class UploadAnswer(Schema):
    """An upload in parts."""

    id: str = Field(examples=["0f" * 16])
    name: str = Field(examples=["ferry.jpg"])
    offset: Count = Field(description="The bytes that have arrived.", examples=[0])
    bytes: int = Field(description="The length of the file.", examples=[9000000])
    part_bytes: int = Field(description="The length of each part but the last.", examples=[PART_BYTES])

    @classmethod
    def of(cls, upload: MediaUpload) -> "UploadAnswer":
        """Return the shape of an upload."""
        return cls(
            id=upload.token,
            name=upload.name,
            offset=upload.received,
            bytes=upload.size,
            part_bytes=PART_BYTES,
        )
