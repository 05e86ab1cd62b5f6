"""Rating grades: are their probabilities right, do they rank, where do cases stand and how do they move."""
