// The evaluator under test, a process that answers a line for a line.
package main

import (
	"encoding/json"
	"fmt"
)

// Peer is a running evaluator.
type Peer struct{ *process }

// StartPeer starts the evaluator.
func StartPeer(path string) (*Peer, error) {
	child, err := startProcess(path)
	return &Peer{child}, err
}

// Ask evaluates a program. A peer that dies has crashed over it, which is an answer too.
func (peer *Peer) Ask(program *Program) Answers {
	line, err := json.Marshal(program)
	if err != nil {
		panic(err)
	}
	text, err := peer.exchange(line)
	if err != nil {
		return Answers{Refused: []string{fmt.Sprintf("CRASH: %v", err)}}
	}
	var answer struct {
		Refused []string `json:"refused"`
		Values  map[string]struct {
			Set       *[]any `json:"set"`
			Value     any    `json:"value"`
			Undefined bool   `json:"undefined"`
			Error     string `json:"error"`
		} `json:"values"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return Answers{Refused: []string{fmt.Sprintf("malformed answer: %v: %s", err, text)}}
	}
	if answer.Refused != nil {
		return Answers{Refused: answer.Refused}
	}
	answers := Answers{Rules: map[string]Answer{}}
	for rule, value := range answer.Values {
		switch {
		case value.Error != "":
			answers.Rules[rule] = Answer{Error: value.Error}
		case value.Undefined:
			answers.Rules[rule] = Answer{}
		case value.Set != nil:
			answers.Rules[rule] = Answer{Defined: true, Value: normal(*value.Set)}
		default:
			answers.Rules[rule] = Answer{Defined: true, Value: normal(value.Value)}
		}
	}
	return answers
}
