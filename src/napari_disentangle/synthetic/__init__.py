"""Synthetic images whose factors are known: Texture-dSprites, drawn on the fly."""
