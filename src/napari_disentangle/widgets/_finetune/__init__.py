"""Parts of the Fine-tune dock."""
