"""The demo district: real townships and villages of 雁江区, everything else plainly invented, always the same."""
