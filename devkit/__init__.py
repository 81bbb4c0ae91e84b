"""Stands in for the outside on one machine: Redis, PostgreSQL, WeChat, a demo district. Production never imports it."""
