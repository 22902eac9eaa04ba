"""Hold the page that a notebook talks to, and what it writes: tables, blocks, words, sources."""
