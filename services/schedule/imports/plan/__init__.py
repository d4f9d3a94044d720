"""The curriculum and the load as tables of a spreadsheet: read whole, checked whole, and written back."""
