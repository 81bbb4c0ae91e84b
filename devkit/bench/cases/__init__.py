"""The benchmarks by name, in the order of the table: each takes the ground and gives its figures."""
