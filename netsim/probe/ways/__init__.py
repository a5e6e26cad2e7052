"""The ways into a pod: exec, kubectl, an ephemeral container, a forwarded port, TLS."""
