"""Districts, divisions (行政区划), grids (网格) and constituencies (选区)."""
