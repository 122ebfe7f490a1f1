"""A blog written the way tutorials teach it: one file, lazy relationships, a count for each page. It is the yardstick.

It reads a database of its own, which `fill` copies from Masthead's; BLOG_DATABASE says where that is.
"""

import os
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template_string, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("BLOG_DATABASE", "sqlite://")
db: Any = SQLAlchemy(app)

post_tags = db.Table(
    "post_tags",
    db.Column("post_id", db.Integer, db.ForeignKey("posts.id"), primary_key=True),
    db.Column("tag_id", db.Integer, db.ForeignKey("tags.id"), primary_key=True),
)


class User(db.Model):
    """A writer."""

    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(64), unique=True)


class Tag(db.Model):
    """A tag."""

    __tablename__ = "tags"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(64), unique=True)


class Post(db.Model):
    """A post."""

    __tablename__ = "posts"
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200))
    slug = db.Column(db.String(200), unique=True)
    body = db.Column(db.Text)
    body_html = db.Column(db.Text)
    timestamp = db.Column(db.DateTime, index=True, default=datetime.utcnow)
    author_id = db.Column(db.Integer, db.ForeignKey("users.id"))
    author = db.relationship("User", backref="posts")
    tags = db.relationship("Tag", secondary=post_tags, backref="posts")
    comments = db.relationship("Comment", backref="post", lazy="dynamic")

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of the API."""
        return {
            "title": self.title,
            "slug": self.slug,
            "body": self.body,
            "author": self.author.username,
            "tags": [tag.name for tag in self.tags],
            "timestamp": self.timestamp.isoformat(),
            "comment_count": self.comments.count(),
        }


class Comment(db.Model):
    """A comment."""

    __tablename__ = "comments"
    id = db.Column(db.Integer, primary_key=True)
    body = db.Column(db.Text)
    timestamp = db.Column(db.DateTime, index=True)
    author_id = db.Column(db.Integer, db.ForeignKey("users.id"))
    author = db.relationship("User")
    post_id = db.Column(db.Integer, db.ForeignKey("posts.id"))


LIST = """<!doctype html><html><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
{% for post in posts.items %}<article><h2><a href="/post/{{ post.slug }}">{{ post.title }}</a></h2>
<p>{{ post.author.username }}, {{ post.timestamp.strftime('%d %B %Y') }}, {{ post.comments.count() }} comments</p>
<p>{{ post.body[:300] }}</p><p>{% for tag in post.tags %}<a href="/tag/{{ tag.name }}">{{ tag.name }}</a> {% endfor %}</p>
</article>{% endfor %}
<nav>{% for page in posts.iter_pages() %}<a href="?page={{ page }}">{{ page }}</a> {% endfor %}</nav></body></html>"""
PAGE = """<!doctype html><html><head><title>{{ post.title }}</title></head><body><article><h1>{{ post.title }}</h1>
<p>{{ post.author.username }}, {{ post.timestamp.strftime('%d %B %Y') }}</p>{{ post.body_html|safe }}
<p>{% for tag in post.tags %}<a href="/tag/{{ tag.name }}">{{ tag.name }}</a> {% endfor %}</p></article>
<h2>{{ post.comments.count() }} comments</h2>{% for comment in comments %}<p>{{ comment.author.username }}: {{ comment.body }}</p>
{% endfor %}</body></html>"""
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Blog</title><link>/</link>
{% for post in posts %}<item><title>{{ post.title }}</title><link>/post/{{ post.slug }}</link>
<author>{{ post.author.username }}</author><description>{{ post.body_html|e }}</description></item>{% endfor %}
</channel></rss>"""


@app.get("/")
def home() -> str:
    """List the newest posts."""
    page = request.args.get("page", 1, type=int)
    posts = Post.query.order_by(Post.timestamp.desc()).paginate(page=page, per_page=20, error_out=False)
    return render_template_string(LIST, title="Blog", posts=posts)


@app.get("/post/<slug>")
def show(slug: str) -> str:
    """Show a post with its comments."""
    post = Post.query.filter_by(slug=slug).first_or_404()
    comments = post.comments.order_by(Comment.timestamp.asc()).all()
    return render_template_string(PAGE, post=post, comments=comments)


@app.get("/search")
def search() -> str:
    """Find posts."""
    wanted = request.args.get("q", "")
    found = Post.query.filter(Post.title.like(f"%{wanted}%") | Post.body.like(f"%{wanted}%"))
    posts = found.order_by(Post.timestamp.desc()).paginate(per_page=20, error_out=False)
    return render_template_string(LIST, title="Search", posts=posts)


@app.get("/feed")
def feed() -> Response:
    """Answer the newest posts for feed readers."""
    posts = Post.query.order_by(Post.timestamp.desc()).limit(20).all()
    return Response(render_template_string(FEED, posts=posts), mimetype="application/rss+xml")


@app.get("/api/posts")
def listed() -> Response:
    """Answer a page of posts for programs."""
    posts = Post.query.order_by(Post.timestamp.desc()).paginate(per_page=20)
    return jsonify(posts=[post.to_json() for post in posts.items], total=posts.total)


def fill(file: Path, masthead: Path) -> None:
    """Copy the content of Masthead's SQLite file into a new file for this blog."""
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{file}"
    blog = Flask("filling")
    blog.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{file}"
    db.init_app(blog)
    with blog.app_context():
        db.create_all()
        db.engine.dispose()
    connection = sqlite3.connect(file)
    connection.execute("ATTACH ? AS masthead", (str(masthead),))
    # The moments of both are ISO 8601; SQLAlchemy wants microseconds and no offset.
    moment = "strftime('%Y-%m-%d %H:%M:%S.000000', {})"
    connection.executescript(
        f"""
        INSERT INTO users SELECT id, username FROM masthead.user;
        INSERT INTO tags SELECT id, name FROM masthead.tag;
        INSERT INTO posts SELECT id, title, slug, body, html, {moment.format("published_at")}, author_id FROM masthead.post;
        INSERT INTO post_tags SELECT post_id, tag_id FROM masthead.post_tag;
        INSERT INTO comments SELECT id, body, {moment.format("created_at")}, author_id, post_id FROM masthead.comment;
        """
    )
    connection.commit()
    connection.close()
