"""A new term (换届): who stays, leaves and comes, what becomes of their issues, and what is left for people to do."""
