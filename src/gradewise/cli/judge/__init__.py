"""`gradewise judge`, `batches` and `finalize`: comparative judgement."""
