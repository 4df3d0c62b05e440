"""`make bench-serving`: what grading over HTTP costs, and what it goes on through."""
