"""The rules of Kubernetes for network policies: one a test, with the sentence that states it.

A test is read like documentation: its docstring quotes the rule and names the source, the
manifests stand as a user would write them, the questions and their verdicts follow.  They
ask the public API and know nothing of how it comes to its answer.

Sources, by short names:

- *concept page*: kubernetes.io/docs/concepts/services-networking/network-policies
- *types.go*: k8s.io/api/networking/v1/types.go
- *defaults.go*: k8s.io/kubernetes/pkg/apis/networking/v1/defaults.go
- *labels*: kubernetes.io/docs/concepts/overview/working-with-objects/labels
- *e2e*: names of tests in k8s.io/kubernetes/test/e2e/network/netpol/network_policy.go
- *ANP*, *BANP*: sigs.k8s.io/network-policy-api/apis/v1alpha1, their types
- *CNP*: sigs.k8s.io/network-policy-api/apis/v1alpha2/clusternetworkpolicy_types.go
"""
