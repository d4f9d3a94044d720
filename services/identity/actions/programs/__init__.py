"""Tokens, the programs that ask for them, and other providers."""
