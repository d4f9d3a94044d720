"""Which bells ring for whom: bell schedules, shifts, and the times of lessons that follow."""
