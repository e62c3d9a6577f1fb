package main

import (
	"context"

	"github.com/cilium/cilium/pkg/k8s/resource"
	networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
)

type (
	resourceOfPolicies = resource.Resource[*networkingv1.NetworkPolicy]
	event              = resource.Event[*networkingv1.NetworkPolicy]
)

// policies announces a deletion that the agent was too busy to see: of a policy that was made again
// meanwhile. Cilium 1.15 replaces the rules of a policy's UID, so the rules of the deleted one would
// stay in force for good. Cilium 1.16 replaces by name (cilium/cilium#32703); it can't be built here.
type policies struct {
	resourceOfPolicies
}

func withEveryDeletion(all resourceOfPolicies) resourceOfPolicies {
	if all == nil {
		return nil // without Kubernetes, as when the agent only lists its flags
	}
	return policies{all}
}

func (p policies) Events(ctx context.Context, opts ...resource.EventsOpt) <-chan event {
	seen := p.resourceOfPolicies.Events(ctx, opts...)
	told := make(chan event)
	go func() {
		defer close(told)
		known := map[resource.Key]*networkingv1.NetworkPolicy{}
		tell := func(each event) {
			select {
			case told <- each:
			case <-ctx.Done():
				each.Done(nil)
			}
		}
		for each := range seen {
			switch each.Kind {
			case resource.Upsert:
				if old := known[each.Key]; old != nil && old.UID != each.Object.UID {
					tell(event{Kind: resource.Delete, Key: each.Key, Object: old, Done: func(error) {}})
				}
				known[each.Key] = each.Object
			case resource.Delete:
				delete(known, each.Key)
			}
			tell(each)
		}
	}()
	return told
}
