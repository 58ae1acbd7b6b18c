"""Making a project from data: three steps on one page of the window."""
