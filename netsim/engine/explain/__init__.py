"""Why a connection is allowed or denied: the rules that decide, or the nearest one."""
