"""What others may give us: broken, strange or hostile files, names and folders."""
