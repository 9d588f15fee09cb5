"""What the desk remembers: rows through SQLAlchemy, raw mail in content-addressed files. The one door to both."""
