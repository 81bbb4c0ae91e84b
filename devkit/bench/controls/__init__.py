"""What the benchmarks compare with: the same work done as barely as Python can. Written first, and left alone since."""
