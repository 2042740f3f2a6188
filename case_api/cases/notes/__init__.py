"""Operations and schemas of notes."""
