// Command agent is Cilium's agent, with its list of NetworkPolicies replaced by one that misses no deletion.
package main

import (
	"github.com/cilium/cilium/daemon/cmd"
	"github.com/cilium/cilium/pkg/hive"
	"github.com/cilium/cilium/pkg/hive/cell"
)

func main() {
	agent := hive.New(cell.Decorate(withEveryDeletion, cmd.Agent))
	cmd.Execute(cmd.NewAgentCmd(agent))
}
