"""What wording suggests: terms, components and learners, fitted on training texts and told with NumPy."""
