"""What both doors for browsers share: who arrives, where lists go on, what a fault is called. HTTP, but no page."""
