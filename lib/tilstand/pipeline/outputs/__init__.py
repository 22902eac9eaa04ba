"""Write what a reader takes along: records, data packages, tables, PDF."""
