"""Operations and schemas of bundles."""
