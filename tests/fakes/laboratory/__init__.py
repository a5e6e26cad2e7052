"""A small network of real Linux network namespaces, for tests that need packets.

Pods are namespaces, policies are nftables rules, and neither knows anything of netsim: what
passes here is decided by the kernel.
"""
