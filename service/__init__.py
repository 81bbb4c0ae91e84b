"""The domain: rules, tables, actions and queries. Knows no HTTP and no queue."""
