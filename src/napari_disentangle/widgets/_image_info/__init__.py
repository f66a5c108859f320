"""What is known of images as a whole: a table to fill in, kept beside the data."""
