"""Requests to correct: reporting an error, organising its correction, settling it, and the clock."""
