"""Operations and schemas of minutes."""
