"""Images: validation, storage and delivery."""
