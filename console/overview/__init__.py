"""Figures for whoever supervises (统计与督办): a district, a township, a station, each its own place."""
