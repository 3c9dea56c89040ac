"""What the project makes its own data with; nothing here is part of the program."""
