"""Administration of accounts, invitations and roles."""
