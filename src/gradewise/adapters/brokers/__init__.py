"""Brokers by FastStream: NATS, Redis, RabbitMQ, Kafka."""
