"""Codes of cells: made, walked, drawn, and matched with real cells."""
