"""Events as rows: written in the transaction of what caused them, handled later, exactly once each."""
