// The smallest program over which the two differ.
package main

import (
	"maps"
	"strings"
)

// Shrink leaves out rules, files, lines and parts of the input as long as the difference stays of this kind.
func (pair *Pair) Shrink(program Program, kind Kind) Program {
	differs := func(candidate Program) bool {
		found, _ := pair.Compare(&candidate)
		return found == kind
	}
	for _, rule := range program.Rules {
		candidate := program
		candidate.Rules = []string{rule}
		if differs(candidate) {
			program = candidate
			break
		}
	}
	for changed := true; changed; {
		changed = false
		for path := range program.Modules {
			candidate := program
			candidate.Modules = maps.Clone(program.Modules)
			delete(candidate.Modules, path)
			if len(candidate.Modules) > 0 && differs(candidate) {
				program, changed = candidate, true
				continue
			}
			var shorter bool
			program, shorter = shortened(program, path, differs)
			changed = changed || shorter
		}
	}
	input, _ := program.Input.(map[string]any)
	for field := range input {
		candidate := program
		rest := maps.Clone(program.Input.(map[string]any))
		delete(rest, field)
		candidate.Input = rest
		if differs(candidate) {
			program = candidate
		}
	}
	return program
}

// shortened leaves out lines of one file: many at once first, and then each number of them that a rule may have.
func shortened(program Program, path string, differs func(Program) bool) (Program, bool) {
	const longest = 6
	lines := strings.Split(program.Modules[path], "\n")
	changed := false
	for size := max(len(lines)/2, min(len(lines)-1, longest)); size > 0; {
		for start := 1; start+size <= len(lines); {
			rest := append(append([]string{}, lines[:start]...), lines[start+size:]...)
			candidate := program
			candidate.Modules = maps.Clone(program.Modules)
			candidate.Modules[path] = strings.Join(rest, "\n")
			if differs(candidate) {
				program, lines, changed = candidate, rest, true
			} else {
				start++
			}
		}
		if size > longest {
			size /= 2
		} else {
			size--
		}
	}
	return program, changed
}
