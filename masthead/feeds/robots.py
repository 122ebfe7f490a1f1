"""robots.txt (RFC 9309): what crawlers are asked to leave alone."""

from masthead.settings.publication import Publication
from masthead.text.xml import legal

#: Tools and forms: nothing there is worth finding, and most of it asks to sign in.
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
#: Names under which crawlers collect texts for language models, or read pages on behalf of one.
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
    """The whole file: our rules, those for AI crawlers if they are not welcome, and the publication's own."""
    groups = [["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]]
    if publication.ai_crawlers == "disallow":
        groups.append([*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /"])
    if publication.robots.strip():
        # Rules for everybody among them count together with ours: RFC 9309 joins groups of the same name.
        groups.append(legal(publication.robots).strip().splitlines())
    groups.append([f"Sitemap: {site_map_url}"])
    return "\n\n".join("\n".join(group) for group in groups) + "\n"
