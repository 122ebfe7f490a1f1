"""HTTP plumbing without features: access, errors, forms, headers, logs, templates, paging."""
