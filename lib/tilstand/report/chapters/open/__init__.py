"""Show the measures of open statistics as they come, in whatever breakdown there is."""
