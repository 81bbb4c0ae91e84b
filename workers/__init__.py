"""What follows from what, delivery, sweeping and the clock. Reads events and ids; knows no HTTP."""
