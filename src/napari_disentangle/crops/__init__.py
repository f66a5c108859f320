"""From an image and its labels to one crop a cell, and to measurements of each cell."""
