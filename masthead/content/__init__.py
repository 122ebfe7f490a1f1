"""The common base of posts and pages: columns, slugs, versions, rendering, and forms."""
