"""Where pull requests are reviewed: GitHub, GitLab, and the one comment that is kept there."""
