"""Operations and schemas of tables."""
