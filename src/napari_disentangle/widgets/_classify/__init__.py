"""Parts of the Classify dock."""
