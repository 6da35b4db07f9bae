"""What a license says, and what follows from it for a release."""
