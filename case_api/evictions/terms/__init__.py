"""Operations and schemas of terms."""
