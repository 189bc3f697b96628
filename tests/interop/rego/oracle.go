// What OPA says of a program, by its own compiler and evaluator.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Program is modules, documents and the rules to evaluate.
type Program struct {
	Modules map[string]string `json:"modules"`
	Data    map[string]any    `json:"data,omitempty"`
	Input   any               `json:"input,omitempty"`
	Rules   []string          `json:"rules"`
	V0      bool              `json:"v0,omitempty"`
	Strict  bool              `json:"strict,omitempty"`
}

// Answer is what an evaluator says of one rule: a value, nothing, or an error.
type Answer struct {
	Defined bool
	Value   any
	Error   string
}

// Answers are what an evaluator says of a program, or why it does not load, or what OPA died of.
type Answers struct {
	Rules   map[string]Answer
	Refused []string
	Died    string
}

// The peer's clock stands still; so does OPA's here.
var now = time.Unix(1_700_000_000, 0)

// askLeniently compiles and evaluates a program, and one that only its types refuse without a look at them: it says
// something about evaluation too. But stand-ins for functions need the types. OPA's index of rules passes over some
// that hold, and over some that err, so it can be left out.
func askLeniently(program *Program, indexed bool) Answers {
	answers := ask(program, ast.NewCompiler(), indexed)
	if len(answers.Refused) == 0 || strings.Contains(answers.Refused[0], "rego_unsafe_var_error") || mocksFunctions(program) {
		return answers
	}
	return ask(program, ast.NewCompiler().WithSkipStages(ast.StageCheckTypes), indexed)
}

var mock = regexp.MustCompile(`with (h\d|data\.p\.h\d as (h\d|data)|u\.|util\.|count|lower|startswith)`)

func mocksFunctions(program *Program) bool {
	for _, text := range program.Modules {
		if mock.MatchString(text) {
			return true
		}
	}
	return false
}

// AskTypedOPA compiles and evaluates a program as `opa eval` does.
func AskTypedOPA(program *Program) Answers {
	return ask(program, ast.NewCompiler(), true)
}

func ask(program *Program, compiler *ast.Compiler, indexed bool) (answers Answers) {
	defer func() {
		// Its compiler panics over some programs that it should refuse.
		if failure := recover(); failure != nil {
			answers = Answers{Refused: []string{fmt.Sprintf("panic: %v", failure)}}
		}
	}()
	version := ast.RegoV1
	if program.V0 {
		version = ast.RegoV0
	}
	modules := map[string]*ast.Module{}
	for path, text := range program.Modules {
		module, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{RegoVersion: version, ProcessAnnotation: true})
		if err != nil {
			return Answers{Refused: []string{err.Error()}}
		}
		modules[path] = module
	}
	compiler = compiler.WithEnablePrintStatements(true)
	compiler.Compile(modules)
	if compiler.Failed() {
		return Answers{Refused: []string{compiler.Errors.Error()}}
	}
	answers = Answers{Rules: map[string]Answer{}}
	ctx := context.Background()
	store := inmem.NewFromObject(map[string]any{})
	if program.Data != nil {
		store = inmem.NewFromObject(program.Data)
	}
	for _, rule := range program.Rules {
		txn, err := store.NewTransaction(ctx)
		if err != nil {
			answers.Rules[rule] = Answer{Error: err.Error()}
			continue
		}
		query, err := compiler.QueryCompiler().Compile(ast.MustParseBody("result = " + rule))
		if err != nil {
			answers.Rules[rule] = Answer{Error: err.Error()}
			store.Abort(ctx, txn)
			continue
		}
		run := topdown.NewQuery(query).WithCompiler(compiler).WithStore(store).WithTransaction(txn).
			WithTime(now).WithStrictBuiltinErrors(program.Strict).WithIndexing(indexed)
		if program.Input != nil {
			value, err := ast.InterfaceToValue(program.Input)
			if err != nil {
				panic(err)
			}
			run = run.WithInput(ast.NewTerm(value))
		}
		results, err := run.Run(ctx)
		store.Abort(ctx, txn)
		switch {
		case err != nil:
			answers.Rules[rule] = Answer{Error: err.Error()}
		case len(results) == 0:
			answers.Rules[rule] = Answer{}
		default:
			value, err := ast.JSON(results[0][ast.Var("result")].Value)
			if err != nil {
				answers.Rules[rule] = Answer{Error: err.Error()}
				continue
			}
			answers.Rules[rule] = Answer{Defined: true, Value: normal(value)}
		}
	}
	return answers
}

// normal makes values of both sides comparable: through JSON, numbers as floats.
func normal(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("not JSON: %v", err)
	}
	var result any
	if err := json.Unmarshal(text, &result); err != nil {
		return fmt.Sprintf("not JSON: %v", err)
	}
	return result
}
