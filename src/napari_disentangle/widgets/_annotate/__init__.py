"""Parts of the Annotate dock."""
