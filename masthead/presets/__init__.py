"""Post templates and snippets: texts that editors prepare, and that writers copy into their posts."""
