"""Operations and schemas of splits."""
