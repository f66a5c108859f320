"""Parts of the Traversal dock."""
