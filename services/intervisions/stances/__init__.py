"""What the household says about intervision: agreements, and impasses that ask for one."""
