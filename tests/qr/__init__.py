"""Codes and paper, without any station: what is drawn can be read, and nothing runs into its neighbour."""
