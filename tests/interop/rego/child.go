// OPA in a child of its own: over some programs its stack overflows, which no recover survives.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// Oracle is a running child that asks OPA.
type Oracle struct{ *process }

type question struct {
	Program *Program `json:"program"`
	Indexed bool     `json:"indexed"`
}

// StartOracle starts this program once more, as `oracle`.
func StartOracle() (*Oracle, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child, err := startProcess(program, "oracle")
	return &Oracle{child}, err
}

// Ask has OPA compile and evaluate a program, with its index of rules or without. OPA may die of it.
func (oracle *Oracle) Ask(program *Program, indexed bool) Answers {
	line, err := json.Marshal(question{program, indexed})
	if err != nil {
		panic(err)
	}
	text, err := oracle.exchange(line)
	if err != nil {
		return Answers{Died: err.Error()}
	}
	var answers Answers
	if err := json.Unmarshal(text, &answers); err != nil {
		panic(fmt.Errorf("malformed answer of the oracle: %w: %s", err, text))
	}
	return answers
}

// answerAsOracle is the child's side.
func answerAsOracle() {
	// Endless recursion fills Go's usual gigabyte first, which takes seconds.
	debug.SetMaxStack(64 << 20)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		check(err)
		// Numbers stay as they are spelled.
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		var asked question
		check(decoder.Decode(&asked))
		text, err := json.Marshal(askLeniently(asked.Program, asked.Indexed))
		check(err)
		_, err = out.Write(append(text, '\n'))
		check(err)
		check(out.Flush())
	}
}
