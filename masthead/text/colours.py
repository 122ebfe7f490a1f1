def accent_variants(accent: str) -> tuple[str, str]:
    return accent, accent
