"""Files by key: the one interface behind which a local folder stands, or later an object store. Knows no feature."""
