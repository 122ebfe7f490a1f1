"""HTML forms: the base class, fields, labels, errors beside fields, and protection against forged requests (CSRF)."""
