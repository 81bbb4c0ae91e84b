"""Settings of a deployment, and what a new district starts with."""
