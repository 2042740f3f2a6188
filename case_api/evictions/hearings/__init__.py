"""Operations and schemas of hearings."""
