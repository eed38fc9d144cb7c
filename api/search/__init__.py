"""Search in Chinese and English: cutting texts into words, keeping them beside the rows, asking for them."""
