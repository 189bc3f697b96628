// The evaluator under test, a process that answers a line for a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Peer is a running evaluator.
type Peer struct {
	path    string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// StartPeer starts the evaluator.
func StartPeer(path string) (*Peer, error) {
	peer := &Peer{path: path}
	return peer, peer.start()
}

func (peer *Peer) start() error {
	peer.command = exec.Command(peer.path)
	peer.command.Stderr = os.Stderr
	in, err := peer.command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := peer.command.StdoutPipe()
	if err != nil {
		return err
	}
	peer.in, peer.out = in, bufio.NewReaderSize(out, 1<<20)
	return peer.command.Start()
}

// Ask evaluates a program. A peer that dies has crashed over it, which is an answer too.
func (peer *Peer) Ask(program *Program) Answers {
	line, err := json.Marshal(program)
	if err != nil {
		panic(err)
	}
	if _, err := peer.in.Write(append(line, '\n')); err != nil {
		return peer.crashed(err)
	}
	text, err := peer.out.ReadBytes('\n')
	if err != nil {
		return peer.crashed(err)
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

func (peer *Peer) crashed(cause error) Answers {
	_ = peer.command.Process.Kill()
	_ = peer.command.Wait()
	if err := peer.start(); err != nil {
		panic(err)
	}
	return Answers{Refused: []string{fmt.Sprintf("CRASH: %v", cause)}}
}
