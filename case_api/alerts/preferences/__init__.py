"""Operations and schemas of preferences."""
