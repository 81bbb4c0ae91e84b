"""What a matter is about (类别): keywords of the district and a linear model learnt from its own register (ADR 0011)."""
