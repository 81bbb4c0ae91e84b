"""Codes, mini-program codes and printable posters. A leaf: it knows codes and paper, not stations."""
