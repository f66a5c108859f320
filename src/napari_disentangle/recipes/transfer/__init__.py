"""The transfer benchmark: fine-tune, classify, find novelty, next to every control."""
