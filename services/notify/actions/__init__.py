"""What notify does: it remembers whom to tell, tells them, and sends letters."""
