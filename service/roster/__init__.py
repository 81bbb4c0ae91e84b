"""The roster (名册) of a district: its stations, grids, deputies and handling units, brought along in files."""
