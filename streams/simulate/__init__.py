"""The made-up: stories, seeded worlds, and the checker that believes nobody."""
