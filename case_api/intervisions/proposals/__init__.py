"""Operations and schemas of proposals."""
