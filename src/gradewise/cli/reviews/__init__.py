"""`gradewise reviews`, `corrections` and `retrain`: what teachers decide."""
