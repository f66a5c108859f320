"""Random clicks: what a hand does in the window, on which data, and what it finds."""
