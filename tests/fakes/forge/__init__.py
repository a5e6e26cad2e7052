"""GitHub and GitLab as far as comments go: HTTP servers that answer as their APIs do.

``serving(GitHubServer())`` runs one; what was asked is in its ``log``.
"""
