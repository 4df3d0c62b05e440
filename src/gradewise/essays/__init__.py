"""What is graded: scales, records, dataset policy, integrity and split plans. Pure."""
