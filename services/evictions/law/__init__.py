"""Norms as data and the arithmetic of legal periods (Judicial Code, arts. 48 to 57). Pure."""
