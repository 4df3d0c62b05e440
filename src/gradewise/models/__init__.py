"""What learns: boosters, ordinal decoding, explanation, ONNX and the bundle."""
