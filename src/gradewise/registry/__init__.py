"""What is known of models and how they change stage: records, legal acts, retention; pure."""
