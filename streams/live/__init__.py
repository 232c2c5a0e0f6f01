"""The present: Kafka, seats, senders, and the process that carries them."""
