"""The in-app inbox, and its copies pushed to WeChat."""
