"""The console: pages for those who work at a desk."""
