package main

import (
	"context"
	"fmt"
	"path"
	"strings"
	"text/template"
	_ "unsafe" // for go:linkname

	ci "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/engine"
)

// Parts of Helm's engine that it does not export: its Render reads all templates of a chart again for each render,
// which takes longer than to execute them. Which functions there are, what a template is given and what an error says
// remains Helm's. The empty engine.s lets functions be declared without a body.

//go:linkname allTemplates helm.sh/helm/v4/pkg/engine.allTemplates
func allTemplates(chart ci.Charter, values common.Values) map[string]renderable

//go:linkname sortTemplates helm.sh/helm/v4/pkg/engine.sortTemplates
func sortTemplates(templates map[string]renderable) []string

//go:linkname initFunMap helm.sh/helm/v4/pkg/engine.Engine.initFunMap
func initFunMap(helm engine.Engine, ctx context.Context, read *template.Template)

//go:linkname cleanupParseError helm.sh/helm/v4/pkg/engine.cleanupParseError
func cleanupParseError(name string, err error) error

//go:linkname reformatExecErrorMsg helm.sh/helm/v4/pkg/engine.reformatExecErrorMsg
func reformatExecErrorMsg(name string, err error) error

// renderable has the fields of Helm's.
type renderable struct {
	text     string
	values   common.Values
	basePath string
}

// readTemplates reads the templates of a chart as the first half of the engine's render does.
func readTemplates(chart ci.Charter) (*template.Template, error) {
	read := template.New("gotpl").Option("missingkey=zero")
	initFunMap(engine.Engine{}, context.Background(), read)
	found := allTemplates(chart, common.Values{})
	for _, name := range sortTemplates(found) {
		if _, err := read.New(name).Parse(found[name].text); err != nil {
			return nil, cleanupParseError(name, err)
		}
	}
	return read, nil
}

// execute gives the files that the templates of a chart make of values, as the second half of the engine's render does.
func execute(read *template.Template, chart ci.Charter, values common.Values) (files map[string]string, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("rendering template failed: %v", panicked)
		}
	}()
	found := allTemplates(chart, values)
	files = make(map[string]string, len(found))
	for _, name := range sortTemplates(found) {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		given := found[name].values
		given["Template"] = common.Values{"Name": name, "BasePath": found[name].basePath}
		var text strings.Builder
		if err := read.ExecuteTemplate(&text, name, given); err != nil {
			return nil, reformatExecErrorMsg(name, err)
		}
		files[name] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	return files, nil
}
