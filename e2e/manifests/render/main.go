// Command render prints the Kubernetes objects of an application as JSON. It reads from standard
// input where they are: in files, in folders, behind kustomizations and in Helm charts. It needs no
// cluster and no network.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Application is what to render.
type Application struct {
	// Module is the folder of the Go module; the sources are relative to it.
	Module    string   `json:"module"`
	Namespace string   `json:"namespace"`
	Sources   []Source `json:"sources"`
}

// Source is where manifests are: exactly one field is set.
type Source struct {
	// Manifests is a file, or a folder whose YAML files count at any depth.
	Manifests     string `json:"manifests"`
	Kustomization string `json:"kustomization"`
	Chart         string `json:"chart"`
}

// Rendered is what came out.
type Rendered struct {
	Objects []map[string]any `json:"objects"`
	Skipped []Skipped        `json:"skipped"`
}

// Skipped is a document that is no Kubernetes object.
type Skipped struct {
	// File is relative to the module.
	File   string `json:"file"`
	Reason string `json:"reason"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var application Application
	if err := json.NewDecoder(in).Decode(&application); err != nil {
		return err
	}
	rendered := Rendered{Objects: []map[string]any{}, Skipped: []Skipped{}}
	for _, source := range application.Sources {
		files, err := source.render(application)
		if err != nil {
			return fmt.Errorf("%v: %w", source, err)
		}
		for _, file := range files {
			if err := rendered.read(file); err != nil {
				return fmt.Errorf("%s: %w", file.name, err)
			}
		}
	}
	buffered := bufio.NewWriter(out)
	if err := json.NewEncoder(buffered).Encode(rendered); err != nil {
		return err
	}
	return buffered.Flush()
}

// file is a stream of YAML documents, and where it comes from in the module.
type file struct {
	name    string
	content []byte
}

func (source Source) render(application Application) ([]file, error) {
	switch {
	case source.Kustomization != "":
		return renderKustomization(application, source.Kustomization)
	case source.Chart != "":
		return renderChart(application, source.Chart)
	default:
		return readManifests(application.Module, source.Manifests)
	}
}

func readManifests(module, path string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(filepath.Join(module, path), func(found string, entry fs.DirEntry, err error) error {
		extension := filepath.Ext(found)
		if err != nil || entry.IsDir() || (extension != ".yaml" && extension != ".yml") {
			return err
		}
		content, err := os.ReadFile(found)
		name, _ := filepath.Rel(module, found)
		files = append(files, file{name, content})
		return err
	})
	if err == nil && len(files) == 0 {
		return nil, errors.New("no YAML file there")
	}
	return files, err
}

func renderKustomization(application Application, path string) ([]file, error) {
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	resources, err := krusty.MakeKustomizer(options).
		Run(filesys.MakeFsOnDisk(), filepath.Join(application.Module, path))
	if err != nil {
		return nil, err
	}
	content, err := resources.AsYaml()
	return []file{{path, content}}, err
}

// renderChart renders as `helm template --include-crds` does, with the chart's own values.
func renderChart(application Application, path string) ([]file, error) {
	loaded, err := loadChart(filepath.Join(application.Module, path))
	if err != nil {
		return nil, err
	}
	options := chartutil.ReleaseOptions{
		Name: loaded.Name(), Namespace: application.Namespace, Revision: 1, IsInstall: true,
	}
	if err := chartutil.ProcessDependenciesWithMerge(loaded, loaded.Values); err != nil {
		return nil, err
	}
	values, err := chartutil.ToRenderValues(loaded, nil, options, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	rendered, err := engine.Render(loaded, values)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, definition := range loaded.CRDObjects() {
		files = append(files, file{filepath.Join(path, definition.Filename), definition.File.Data})
	}
	for name, content := range rendered {
		if base := filepath.Base(name); strings.HasPrefix(base, "_") || base == "NOTES.txt" {
			continue
		}
		// Names begin with that of the chart, not with its folder's.
		_, inside, _ := strings.Cut(name, "/")
		files = append(files, file{filepath.Join(path, inside), []byte(content)})
	}
	sort.Slice(files, func(a, b int) bool { return files[a].name < files[b].name })
	return files, nil
}

// loadChart loads a chart's folder. Some projects have its Chart.yaml only as a template, of which
// their release fills in the version.
func loadChart(folder string) (*chart.Chart, error) {
	found, err := readManifests(folder, "")
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, each := range found {
		names[each.name] = true
	}
	if names["Chart.yaml"] || !names["Chart.template.yaml"] {
		return loader.Load(folder)
	}
	var files []*loader.BufferedFile
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		if name == "Chart.template.yaml" {
			name = "Chart.yaml"
		}
		files = append(files, &loader.BufferedFile{Name: filepath.ToSlash(name), Data: content})
		return err
	})
	if err != nil {
		return nil, err
	}
	return loader.LoadFiles(files)
}

func (rendered *Rendered) read(from file) error {
	skip := func(reason string) {
		rendered.Skipped = append(rendered.Skipped, Skipped{from.name, reason})
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(from.content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var object map[string]any
		if err := yaml.Unmarshal(document, &object); err != nil {
			skip("not YAML")
			continue
		}
		if object == nil {
			continue // comments, or nothing
		}
		if _, isString := object["kind"].(string); !isString {
			skip("no kind")
			continue
		}
		rendered.add(object)
	}
}

// add adds an object, or those of a List.
func (rendered *Rendered) add(object map[string]any) {
	items, isList := object["items"].([]any)
	if !isList || !strings.HasSuffix(object["kind"].(string), "List") {
		rendered.Objects = append(rendered.Objects, object)
		return
	}
	for _, item := range items {
		if each, isObject := item.(map[string]any); isObject {
			rendered.Objects = append(rendered.Objects, each)
		}
	}
}
