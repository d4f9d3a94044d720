"""What every service needs and none of them owns; no school rules live here."""
