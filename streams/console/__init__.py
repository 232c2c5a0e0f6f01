"""Windows for people: they read outcome topics, and say something only by publishing operator-acts."""
