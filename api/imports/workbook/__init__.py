"""The clerk's workbook: the form that goes out and what is read when it comes back."""
