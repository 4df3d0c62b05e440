"""How good a grader is: agreement, probabilities, slices and intervals. Pure."""
