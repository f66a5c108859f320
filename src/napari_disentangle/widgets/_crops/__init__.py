"""Parts of the Crops dock."""
