"""What the public welfare centre is told (Judicial Code, art. 1344ter), unless they object."""
