"""Operations and schemas of hearing lists."""
