"""What makes an essay one that must not be scored blindly: one module a kind of sign. Pure."""
