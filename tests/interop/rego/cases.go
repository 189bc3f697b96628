// OPA's own conformance cases, which lie in the module that `opa` is built from.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

type testCase struct {
	Note        string          `json:"note"`
	Query       string          `json:"query"`
	Modules     []string        `json:"modules"`
	Data        *map[string]any `json:"data"`
	Input       *any            `json:"input"`
	InputTerm   *string         `json:"input_term"`
	StrictError bool            `json:"strict_error"`
	file        string
	v0          bool
}

func cases(arguments []string) {
	flags := flag.NewFlagSet("cases", flag.ExitOnError)
	path := flags.String("peer", "", "the evaluator under test")
	directory := flags.String("dir", "", "the folder `v1/test/cases/testdata` of OPA's module")
	versions := flags.String("versions", "v0,v1", "which folders of it")
	show := flags.String("show", "", "also show cases of these kinds, separated by commas")
	most := flags.Int("most", -1, "fail if more are refused")
	known := map[string]bool{}
	flags.Func("known", "a case that is known to end in an error; may be repeated", func(name string) error {
		known[name] = true
		return nil
	})
	_ = flags.Parse(arguments)
	peer, err := StartPeer(*path)
	check(err)
	counts := map[Kind]int{}
	reasons := map[string]int{}
	skipped := 0
	expected := 0
	all := 0
	for _, version := range strings.Split(*versions, ",") {
		for _, testCase := range readCases(filepath.Join(*directory, version), version == "v0") {
			all++
			program, ok := testCase.program()
			if !ok {
				skipped++
				continue
			}
			opa := AskTypedOPA(program)
			kind, detail := Compare(opa, peer.Ask(program))
			counts[kind]++
			if kind == Loud && known[testCase.Note] {
				expected++
			}
			if kind == Refused {
				reasons[reason(detail)]++
			}
			if Silent[kind] || kind == Loud || slices.Contains(strings.Split(*show, ","), string(kind)) {
				fmt.Printf("%s %s (%s)\n  %s\n", kind, testCase.Note, testCase.file, detail)
			}
		}
	}
	fmt.Printf("%d cases, %d not run\n", all, skipped)
	bad := -expected
	for _, kind := range []Kind{Same, Lost, Extra, Other, NoError, Crash, Loud, Refused, Accepted, Invalid} {
		fmt.Printf("  %-9s %d\n", kind, counts[kind])
		if Silent[kind] || kind == Loud {
			bad += counts[kind]
		}
	}
	printReasons(reasons)
	if bad > 0 || all == 0 || (*most >= 0 && counts[Refused] > *most) {
		os.Exit(1)
	}
}

func readCases(directory string, v0 bool) []testCase {
	var result []testCase
	err := filepath.Walk(directory, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var file struct {
			Cases []testCase `json:"cases"`
		}
		if err := util.Unmarshal(text, &file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, one := range file.Cases {
			one.file, one.v0 = filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), v0
			result = append(result, one)
		}
		return nil
	})
	check(err)
	return result
}

// program asks the case's query in a rule of its own: a set of the values of its variables.
func (testCase testCase) program() (*Program, bool) {
	version := ast.RegoV1
	if testCase.v0 {
		version = ast.RegoV0
	}
	program := &Program{Modules: map[string]string{}, V0: testCase.v0, Strict: testCase.StrictError, Rules: []string{"data.query_of_case.result"}}
	for i, module := range testCase.Modules {
		program.Modules[fmt.Sprintf("test-%d.rego", i)] = module
	}
	if testCase.Data != nil {
		program.Data = *testCase.Data
	}
	if testCase.Input != nil {
		program.Input = *testCase.Input
	}
	query := testCase.Query
	if testCase.InputTerm != nil {
		query += " with input as " + *testCase.InputTerm
	}
	body, err := ast.ParseBodyWithOpts(query, ast.ParserOptions{RegoVersion: version, AllFutureKeywords: true})
	if err != nil {
		return nil, false
	}
	names := map[string]bool{}
	for variable := range body.Vars(ast.VarVisitorParams{SkipRefCallHead: true, SkipClosures: true}) {
		if !variable.IsWildcard() && !ast.RootDocumentNames.Contains(ast.NewTerm(variable)) {
			names[string(variable)] = true
		}
	}
	var fields []string
	for name := range names {
		fields = append(fields, fmt.Sprintf("%q: %s", name, name))
	}
	sort.Strings(fields)
	element := "{" + strings.Join(fields, ", ") + "}"
	if len(fields) == 0 {
		element = `"defined"`
	}
	rule := fmt.Sprintf("package query_of_case\n\nresult contains %s if {\n\t%s\n}\n", element, query)
	if testCase.v0 {
		rule = fmt.Sprintf("package query_of_case\n\nimport future.keywords\n\nresult contains %s if {\n\t%s\n}\n", element, query)
	}
	program.Modules["query.rego"] = rule
	return program, true
}
