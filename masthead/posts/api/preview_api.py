"""The API of previews and of preview links."""

from datetime import datetime
from typing import Literal

from flask import Blueprint, Response
from pydantic import Field

from masthead import clock
from masthead.content.rendering import TITLE_CHARACTERS
from masthead.content.schemas import Body, Summary
from masthead.db import db
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import checks
from masthead.posts.api.posts import editable
from masthead.posts.previews import links, rendered
from masthead.posts.previews.models import PreviewLink
from masthead.posts.working_copy.texts import WorkingText
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.schemas import Made, Schema, Text
from masthead.web.links import absolute_url

bp = Blueprint("preview_links_api", __name__)
preview_bp = Blueprint("preview_api", __name__)

PROBLEMS = (401, 403, 404)


class PreviewInput(Schema):
    """A text to render."""

    title: Text = Field(default="", max_length=TITLE_CHARACTERS, examples=["The ferry"])
    summary: Summary = ""
    body: Body


class CheckAnswer(Schema):
    """Something that is missing or odd in a text."""

    check: str = Field(
        description="The name of the check, as the setting `blocking_checks` has it.",
        examples=["no_excerpt"],
    )
    level: Literal["advice", "blocking"] = Field(
        description="A blocking check keeps the post from being published.", examples=["advice"]
    )
    message: str = Field(examples=["The post has no excerpt. Lists and cards show its beginning instead."])


class PreviewAnswer(Schema):
    """A rendered text."""

    html: str = Field(
        description="The text, sanitised.", examples=["<p>There is <em>no engine</em> at Callow.</p>\n"]
    )
    words: int = Field(examples=[6])
    reading_minutes: int = Field(examples=[1])
    warnings: list[str] = Field(
        description="What its writer should know.", examples=[["The post has no excerpt."]]
    )
    checks: list[CheckAnswer] = Field(description="The checks before publishing.")


class PreviewLinkInput(Schema):
    """A preview link to create."""

    days: int = Field(
        default=links.DAYS, ge=1, le=links.MOST_DAYS, description="Until it expires.", examples=[links.DAYS]
    )
    allow_notes: bool = Field(
        default=False, description="Whether visitors may leave a note.", examples=[False]
    )


class PreviewLinkAnswer(Schema):
    """A secret link to the working copy."""

    id: int = Field(examples=[4])
    url: str = Field(examples=["https://magazine.example/preview/4-0f3b"])
    allow_notes: bool = Field(examples=[False])
    created_at: Made
    expires_at: datetime = Field(examples=["2026-12-21T09:30:00Z"])

    @classmethod
    def of(cls, link: PreviewLink) -> "PreviewLinkAnswer":
        """Return a link with its URL."""
        return cls(
            id=link.id,
            url=absolute_url("previews.show", token=links.token_of(link)),
            allow_notes=link.takes_notes,
            created_at=link.created_at,
            expires_at=link.expires_at,
        )


class PreviewLinks(Schema):
    """The preview links of a post that work, newest first."""

    preview_links: list[PreviewLinkAnswer]


@preview_bp.post("")
@requires(Permission.WRITE)
@operation("Render a text", tag="posts", body=PreviewInput, answer=PreviewAnswer, problems=(401, 403))
def preview(body: PreviewInput) -> Response:
    """Render Markdown as the page of a post would show it. Stores nothing."""
    done = rendered.preview(WorkingText(body.title, body.summary, body.body))
    blocking = checks.blocking()
    answer = PreviewAnswer(
        html=done.html,
        words=done.words,
        reading_minutes=done.reading_minutes,
        warnings=list(done.warnings),
        checks=[
            CheckAnswer(
                check=finding.check, level=checks.level_of(finding, blocking), message=finding.message
            )
            for finding in done.findings
        ],
    )
    return commit_and_answer(Answer, answer)


@bp.get("/<slug>/preview-links")
@requires(Permission.WRITE)
@operation("List the preview links of a post", tag="posts", answer=PreviewLinks, problems=PROBLEMS)
def index(slug: str) -> Answer:
    """Secret links to the working copy that work now."""
    found = db.session.scalars(links.of_post(editable(slug).id, at=clock.now()))
    return Answer(PreviewLinks(preview_links=[PreviewLinkAnswer.of(link) for link in found]))


@bp.post("/<slug>/preview-links")
@requires(Permission.WRITE)
@operation(
    "Create a preview link",
    tag="posts",
    body=PreviewLinkInput,
    is_body_optional=True,
    answer=PreviewLinkAnswer,
    status=201,
    problems=PROBLEMS,
)
def create(slug: str, body: PreviewLinkInput) -> Response:
    """Create a secret link to the working copy."""
    by, at = current_user(), clock.now()
    link = links.create(editable(slug), by=by, at=at, days=body.days, takes_notes=body.allow_notes)
    return commit_and_answer(Answer, PreviewLinkAnswer.of(link))


@bp.delete("/<slug>/preview-links")
@requires(Permission.WRITE)
@operation("Revoke every preview link of a post", tag="posts", status=204, problems=PROBLEMS)
def revoke_all(slug: str) -> Response:
    """End every link at once."""
    links.revoke_all(editable(slug), by=current_user())
    return commit_and_answer(Answer, None)


@bp.delete("/<slug>/preview-links/<int:link_id>")
@requires(Permission.WRITE)
@operation("Revoke a preview link", tag="posts", status=204, problems=PROBLEMS)
def revoke(slug: str, link_id: int) -> Response:
    """End a link at once."""
    links.revoke(editable(slug), link_id, by=current_user())
    return commit_and_answer(Answer, None)
