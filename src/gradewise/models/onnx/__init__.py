"""Graders as ONNX graphs: built, looked into, run."""
