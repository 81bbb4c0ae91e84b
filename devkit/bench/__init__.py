"""`./dev bench`: every figure beside a control measured in the same run."""
