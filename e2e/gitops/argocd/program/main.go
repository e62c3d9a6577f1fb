// Command argocd is those parts of Argo CD that act on a cluster, and ways to ask what they think of an object.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	controller "github.com/argoproj/argo-cd/v2/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v2/cmd/argocd-repo-server/commands"
	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v2/util/cache/appstate"
	"github.com/argoproj/argo-cd/v2/util/lua"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	root := &cobra.Command{Use: "argocd", SilenceUsage: true}
	root.AddCommand(controller.NewCommand(), reposerver.NewCommand(), healthCommand(), treeCommand())
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}

// healthCommand prints what a script says of the JSON object on stdin. As in a cluster, it has no libraries.
func healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "health SCRIPT",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			script, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			object := &unstructured.Unstructured{}
			if err := json.NewDecoder(os.Stdin).Decode(&object.Object); err != nil {
				return fmt.Errorf("the object: %w", err)
			}
			status, err := lua.VM{}.ExecuteHealthLua(object, string(script))
			if err != nil {
				return err
			}
			return json.NewEncoder(os.Stdout).Encode(status)
		},
	}
}

// treeCommand prints the tree of an application's objects, as the controller keeps it for Argo CD's API server.
func treeCommand() *cobra.Command {
	command := &cobra.Command{Use: "tree APPLICATION", Args: cobra.ExactArgs(1)}
	open := appstate.AddCacheFlagsToCmd(command)
	command.RunE = func(_ *cobra.Command, args []string) error {
		cache, err := open()
		if err != nil {
			return err
		}
		tree := &v1alpha1.ApplicationTree{}
		if err := cache.GetAppResourcesTree(args[0], tree); err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(tree)
	}
	return command
}
