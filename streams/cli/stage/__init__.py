"""The stage: what plays a story on Kafka, and shows it. No verbs."""
