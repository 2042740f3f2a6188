"""Operations and schemas of welfare centre."""
