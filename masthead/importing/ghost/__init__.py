"""The source "Ghost": its JSON export, alone or in a ZIP with pictures."""
