"""What people call an endpoint: workloads, Services, ways in, and what they stand for."""
