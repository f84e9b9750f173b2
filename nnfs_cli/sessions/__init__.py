"""Sessions: what a user asks for, as generators of frozen records; nothing is printed here."""
