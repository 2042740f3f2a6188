"""Operations and schemas of law changes."""
