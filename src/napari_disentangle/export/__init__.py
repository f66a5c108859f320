"""Results as files that other programs read: tables, image stacks, figures."""
