"""Files brought in at a desk (导入): kept until they are checked, applied whole or not at all, each step with a name."""
