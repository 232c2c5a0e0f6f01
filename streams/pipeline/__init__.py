"""The rooms: pure, total functions over one record and one key."""
