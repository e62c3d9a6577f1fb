// Command peer does portlock's first rule the way most operators are written: in Go, on
// controller-runtime, with server-side apply. A Deployment with the label gets a NetworkPolicy that
// allows its declared ports. It writes no report, reads no Service and probes nothing.
//
//	peer --kubeconfig FILE
package main

import (
	"cmp"
	"context"
	"flag"
	"log"
	"slices"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	runtimelog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/manager/signals"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const (
	name    = "bench-peer"
	workers = 10
)

func main() {
	flag.Parse() // --kubeconfig is controller-runtime's
	runtimelog.SetLogger(zap.New())
	cluster, err := manager.New(config.GetConfigOrDie(), manager.Options{
		Metrics: server.Options{BindAddress: "0"},
	})
	must(err)
	must(builder.ControllerManagedBy(cluster).
		Named(name).
		For(&apps.Deployment{}).
		Owns(&networking.NetworkPolicy{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(locker{cluster.GetClient()}))
	must(cluster.Start(signals.SetupSignalHandler()))
}

type locker struct{ client.Client }

func (l locker) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	var deployment apps.Deployment
	if err := l.Get(ctx, request.NamespacedName, &deployment); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	policy := &networking.NetworkPolicy{
		TypeMeta: meta.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: meta.ObjectMeta{
			Namespace: deployment.Namespace,
			Name:      deployment.Name + "-portlock",
		},
	}
	if deployment.Labels["portlock.dev/mode"] != "enforce" {
		return reconcile.Result{}, client.IgnoreNotFound(l.Delete(ctx, policy))
	}
	policy.Spec = networking.NetworkPolicySpec{
		PodSelector: *deployment.Spec.Selector,
		PolicyTypes: []networking.PolicyType{networking.PolicyTypeIngress},
		Ingress:     []networking.NetworkPolicyIngressRule{{Ports: declared(deployment)}},
	}
	if err := controllerutil.SetControllerReference(&deployment, policy, l.Scheme()); err != nil {
		return reconcile.Result{}, err
	}
	//nolint:staticcheck // The typed Apply is newer than most operators.
	err := l.Patch(ctx, policy, client.Apply, client.FieldOwner(name), client.ForceOwnership)
	return reconcile.Result{}, err
}

// declared returns the ports of all containers, sorted.
func declared(deployment apps.Deployment) []networking.NetworkPolicyPort {
	var ports []networking.NetworkPolicyPort
	for _, container := range deployment.Spec.Template.Spec.Containers {
		for _, each := range container.Ports {
			number := intstr.FromInt32(each.ContainerPort)
			protocol := cmp.Or(each.Protocol, core.ProtocolTCP)
			ports = append(ports, networking.NetworkPolicyPort{Port: &number, Protocol: &protocol})
		}
	}
	slices.SortFunc(ports, func(a, b networking.NetworkPolicyPort) int {
		return cmp.Compare(a.Port.IntVal, b.Port.IntVal)
	})
	return ports
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
