"""What is printed for a household: sheets of text and tables, as accessible PDF."""
