"""Deputies (人大代表): people, mandates, groups, leave, grid assignments."""
