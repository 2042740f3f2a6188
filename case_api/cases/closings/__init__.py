"""Operations and schemas of closings."""
