"""The source "folder of Markdown files": Jekyll, Hugo, Zola, Eleventy, Pelican, our own export, or plain files."""
