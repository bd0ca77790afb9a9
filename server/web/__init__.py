"""HTTP plumbing: routes with their rights, errors, headers, files, templates. Knows no feature."""
