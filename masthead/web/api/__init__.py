"""The common parts of JSON API operations: validation, responses, entity tags, paging, rate limits, OpenAPI document."""
