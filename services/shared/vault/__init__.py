"""What is kept outside the database under keys: sealed fields, keys of cases, marked folders."""
