"""Tables in files (CSV, XLSX): read without trusting them, written so that reading them back gives the same."""
