"""Signal receivers: personal data, the files of deleted accounts, and the uses in profiles and settings."""

from flask import url_for
from sqlalchemy import select, update

from masthead.account_deletion.signals import ContentTransfer
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.media import usage
from masthead.media.models import Media, MediaUpload
from masthead.media.signals import Use, UsesToDescribe
from masthead.media.uploads import parts
from masthead.media.uploads.portraits import PUBLICATION
from masthead.people.models import User
from masthead.people.permissions import Permission

PROFILE = "profile"

usage.watch(User, PROFILE, ["avatar"])


def export_media(user: User) -> list[PersonalDataSection]:
    """Export the files that the person brought in, and the unfinished uploads."""
    words = ("alt", "caption", "credit", "licence", "focal_x", "focal_y")
    names = ("path", "name", *words, "kind", "media_type", "width", "height", "size", "created_at")
    files = db.session.scalars(select(Media).where(Media.owner_id == user.id).order_by(Media.id))
    rows = [{name: getattr(media, name) for name in names} for media in files]
    waiting = select(MediaUpload).where(MediaUpload.owner_id == user.id).order_by(MediaUpload.created_at)
    uploads = [
        {name: getattr(upload, name) for name in ("name", "size", "received", "created_at")}
        for upload in db.session.scalars(waiting)
    ]
    return [
        PersonalDataSection("pictures", "Your pictures and files", rows),
        PersonalDataSection("uploads", "Your unfinished uploads", uploads),
    ]


def transfer_media(transfer: ContentTransfer) -> None:
    """Transfer the files to the recipient of the posts that show them. Without one, they have no owner."""
    for upload in db.session.scalars(select(MediaUpload).where(MediaUpload.owner_id == transfer.user.id)):
        parts.remove(upload)
    if transfer.posts_to is not None:
        statement = update(Media).where(Media.owner_id == transfer.user.id)
        db.session.execute(statement.values(owner_id=transfer.posts_to.id))


def describe_profiles_and_settings(question: UsesToDescribe) -> None:
    """Name the profiles and settings that show a file."""
    if question.kind == PROFILE:
        found = db.session.scalars(select(User).where(User.id.in_(question.object_ids)))
        question.uses += [
            Use(PROFILE, user.id, user.display_name, url_for("posts.author", username=user.username))
            for user in found
        ]
    elif question.kind == PUBLICATION and question.reader.can(Permission.MANAGE_SETTINGS):
        titles = {1: "Logo", 2: "Icon"}
        question.uses += [
            Use(PUBLICATION, number, titles[number], url_for("settings_admin.edit"))
            for number in question.object_ids
        ]
