"""Hash-chained history: who changes a row, or takes one away, is found out."""
