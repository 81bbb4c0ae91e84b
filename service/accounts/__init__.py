"""Who is asking: accounts, roles with scopes, sessions, invitations, consents."""
