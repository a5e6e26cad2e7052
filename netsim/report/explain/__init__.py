"""An explained verdict, one format a file."""
