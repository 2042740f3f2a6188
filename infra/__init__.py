"""Everything the program touches outside itself: settings, servers, migrations, command line."""
