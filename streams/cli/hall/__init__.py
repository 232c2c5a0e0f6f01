"""The hall: what verbs share. How they answer and end, where Kafka is, how a file of facts reads. No verbs."""
