// Command cyclonus prints what the cyclonus generator's test cases mean to cyclonus: one JSON line
// for every step of every case, with the policies, the pods and the table that its simulation
// computes. It needs no cluster.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/mattfenwick/cyclonus/pkg/connectivity"
	"github.com/mattfenwick/cyclonus/pkg/connectivity/probe"
	"github.com/mattfenwick/cyclonus/pkg/generator"
	"github.com/mattfenwick/cyclonus/pkg/kube"
	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// Step is one step of a test case, after its actions.
type Step struct {
	Case       string                        `json:"case"`
	Step       int                           `json:"step"`
	Family     string                        `json:"family"`
	Namespaces map[string]map[string]string  `json:"namespaces"`
	Pods       []Pod                         `json:"pods"`
	External   []string                      `json:"external"`
	Policies   []*networkingv1.NetworkPolicy `json:"policies"`
	// Ingress has one character for every source (the pods, then the external addresses), for every
	// pod as destination, for every port of that pod: '.' allowed, 'X' blocked.
	Ingress string `json:"ingress"`
}

// Pod is a pod of the step.
type Pod struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	IP        string            `json:"ip"`
	Ports     []Port            `json:"ports"`
}

// Port is a port that one of the pod's containers declares.
type Port struct {
	Name     string          `json:"name"`
	Port     int             `json:"port"`
	Protocol corev1.Protocol `json:"protocol"`
}

// Family is a set of addresses. The generator's CIDRs are the last 8 and 4 bits around z/c: x lies
// outside of both, y in the larger one, z in both.
type Family struct {
	name     string
	format   string
	prefixes map[string]string
	external []string
}

var (
	namespaces = []string{"x", "y", "z"}
	podNames   = []string{"a", "b", "c"}
	// cyclonus serves 80 and 81. The others lie on both sides of the limits of its policies.
	ports     = []int{80, 81, 52, 53, 79, 82, 84, 85, 7981}
	protocols = []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}
	families  = []Family{
		{
			name:     "IPv4",
			format:   "10.244.%s%d",
			prefixes: map[string]string{"x": "1.", "y": "2.13", "z": "2.", "": "3."},
			external: []string{"10.244.2.200", "10.244.2.9", "192.0.2.1", "0.0.0.1"},
		},
		{
			name:     "IPv6",
			format:   "fd00:10:244:%s%d",
			prefixes: map[string]string{"x": "1::", "y": "2::a", "z": "2::", "": "3::"},
			external: []string{"fd00:10:244:2::c8", "fd00:10:244:2::9", "2001:db8::1", "::1"},
		},
	}
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for _, family := range families {
		for _, testCase := range generate(family) {
			steps, err := run(testCase, family)
			if err == nil {
				for _, step := range steps {
					err = encoder.Encode(step)
				}
			}
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", testCase.Description, err)
				os.Exit(1)
			}
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(family Family) []*generator.TestCase {
	podIP := family.address("z", 3)
	return generator.NewTestCaseGenerator(true, podIP, namespaces, nil, nil).GenerateAllTestCases()
}

// address is that of the pod with this number, from 1, in its namespace.
func (f Family) address(namespace string, number int) string {
	prefix, found := f.prefixes[namespace]
	if !found {
		prefix = f.prefixes[""]
	}
	return fmt.Sprintf(f.format, prefix, number)
}

// run applies the actions of every step, as cyclonus does, and lets it compute the table after each.
func run(testCase *generator.TestCase, family Family) ([]Step, error) {
	mock := kube.NewMockKubernetes(1)
	resources, err := probe.NewDefaultResources(mock, namespaces, podNames, ports, protocols, nil, 5, false, "")
	if err != nil {
		return nil, err
	}
	state := &connectivity.TestCaseState{Kubernetes: mock, Resources: resources}
	var steps []Step
	for index, step := range testCase.Steps {
		for _, action := range step.Actions {
			if err := apply(action, state); err != nil {
				return nil, err
			}
		}
		family.setAddresses(state.Resources)
		steps = append(steps, describe(testCase.Description, index, family, state))
	}
	return steps, nil
}

func (f Family) setAddresses(resources *probe.Resources) {
	counts := map[string]int{}
	for _, pod := range resources.Pods {
		counts[pod.Namespace]++
		pod.IP = f.address(pod.Namespace, counts[pod.Namespace])
	}
}

func apply(action *generator.Action, state *connectivity.TestCaseState) error {
	switch {
	case action.CreatePolicy != nil:
		return state.CreatePolicy(action.CreatePolicy.Policy)
	case action.UpdatePolicy != nil:
		return state.UpdatePolicy(action.UpdatePolicy.Policy)
	case action.DeletePolicy != nil:
		return state.DeletePolicy(action.DeletePolicy.Namespace, action.DeletePolicy.Name)
	case action.CreateNamespace != nil:
		return state.CreateNamespace(action.CreateNamespace.Namespace, action.CreateNamespace.Labels)
	case action.SetNamespaceLabels != nil:
		return state.SetNamespaceLabels(action.SetNamespaceLabels.Namespace, action.SetNamespaceLabels.Labels)
	case action.DeleteNamespace != nil:
		return state.DeleteNamespace(action.DeleteNamespace.Namespace)
	case action.ReadNetworkPolicies != nil:
		return state.ReadPolicies(action.ReadNetworkPolicies.Namespaces)
	case action.CreatePod != nil:
		return state.CreatePod(action.CreatePod.Namespace, action.CreatePod.Pod, action.CreatePod.Labels)
	case action.SetPodLabels != nil:
		return state.SetPodLabels(action.SetPodLabels.Namespace, action.SetPodLabels.Pod, action.SetPodLabels.Labels)
	case action.DeletePod != nil:
		return state.DeletePod(action.DeletePod.Namespace, action.DeletePod.Pod)
	}
	return fmt.Errorf("an action that is none: %+v", action)
}

func describe(description string, index int, family Family, state *connectivity.TestCaseState) Step {
	step := Step{
		Case:       description,
		Step:       index + 1,
		Family:     family.name,
		Namespaces: state.Resources.Namespaces,
		External:   family.external,
		Policies:   append([]*networkingv1.NetworkPolicy{}, state.Policies...),
		Ingress:    table(state, family.external),
	}
	for _, pod := range state.Resources.Pods {
		described := Pod{Namespace: pod.Namespace, Name: pod.Name, Labels: pod.Labels, IP: pod.IP}
		for _, container := range pod.Containers {
			port := Port{Name: container.PortName, Port: container.Port, Protocol: container.Protocol}
			described.Ports = append(described.Ports, port)
		}
		step.Pods = append(step.Pods, described)
	}
	return step
}

// table is what cyclonus expects of ingress: its matcher's answer to every job of a probe of all
// ports, and to the same from sources that are no pods, which a probe does not know.
func table(state *connectivity.TestCaseState, external []string) string {
	policies := matcher.BuildNetworkPolicies(true, state.Policies)
	builder := &probe.JobBuilder{}
	jobs := builder.GetJobsAllAvailableServers(state.Resources, generator.ProbeModePodIP).Valid
	var cells strings.Builder
	write := func(traffic *matcher.Traffic) {
		cell := probe.ConnectivityBlocked
		if policies.IsIngressOrEgressAllowed(traffic, true).IsAllowed() {
			cell = probe.ConnectivityAllowed
		}
		cells.WriteString(cell.ShortString())
	}
	for _, job := range jobs {
		write(job.Traffic())
	}
	// Jobs are in the order of their sources: these are the ones from the first pod.
	fromOne := jobs[:len(jobs)/len(state.Resources.Pods)]
	for _, ip := range external {
		for _, job := range fromOne {
			traffic := job.Traffic()
			traffic.Source = &matcher.TrafficPeer{IP: ip}
			write(traffic)
		}
	}
	return cells.String()
}
