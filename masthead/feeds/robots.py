"""Writes robots.txt (RFC 9309)."""

from masthead.settings.publication import Publication
from masthead.text.xml import legal

#: Tools and forms, without anything to index; most of them require sign-in.
CLOSED = (
    "/admin/",
    "/api/",
    "/auth/",
    "/blog/create",
    "/blog/delete/",
    "/blog/edit/",
    "/blog/my-posts",
    "/dashboard",
    "/search",
    "/setup",
)
#: User agents that collect texts for language models or read pages on behalf of one.
AI_CRAWLERS = (
    "AI2Bot",
    "Amazonbot",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "Claude-SearchBot",
    "Claude-User",
    "ClaudeBot",
    "DuckAssistBot",
    "FacebookBot",
    "GPTBot",
    "Google-CloudVertexBot",
    "Google-Extended",
    "ImagesiftBot",
    "Meta-ExternalAgent",
    "Meta-ExternalFetcher",
    "MistralAI-User",
    "OAI-SearchBot",
    "PanguBot",
    "Perplexity-User",
    "PerplexityBot",
    "Timpibot",
    "Webzio-Extended",
    "YouBot",
    "anthropic-ai",
    "cohere-ai",
    "cohere-training-data-crawler",
    "omgili",
)


def text(publication: Publication, *, site_map_url: str) -> str:
    """Return the file: our rules, those for AI crawlers if they are not welcome, and the publication's own."""
    groups = [["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]]
    if publication.ai_crawlers == "disallow":
        groups.append([*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"])
    if publication.robots.strip():
        # A publication's rules for all user agents add to ours: RFC 9309 joins groups of the same name.
        groups.append(legal(publication.robots).strip().splitlines())
    groups.append([f"Sitemap: {site_map_url}"])
    return "\n\n".join("\n".join(group) for group in groups) + "\n"
