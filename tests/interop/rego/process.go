// A child that answers a line with a line, and is started again when it dies or hangs.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// patience is more than any generated program takes: both sides answer within milliseconds.
const patience = 15 * time.Second

type process struct {
	program   string
	arguments []string
	command   *exec.Cmd
	in        io.WriteCloser
	out       *bufio.Reader
	words     *beginning
}

func startProcess(program string, arguments ...string) (*process, error) {
	child := &process{program: program, arguments: arguments}
	return child, child.start()
}

func (child *process) start() error {
	child.command = exec.Command(child.program, child.arguments...)
	child.words = &beginning{}
	child.command.Stderr = child.words
	in, err := child.command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := child.command.StdoutPipe()
	if err != nil {
		return err
	}
	child.in, child.out = in, bufio.NewReaderSize(out, 1<<20)
	return child.command.Start()
}

var errHung = fmt.Errorf("no answer within %s", patience)

// exchange gives the answer to a line, or why the child had none. The child is a new one then.
// Who has no answer twice hangs; once may be a machine that stood still.
func (child *process) exchange(line []byte) ([]byte, error) {
	text, err := child.exchangeOnce(line)
	if errors.Is(err, errHung) {
		return child.exchangeOnce(line)
	}
	return text, err
}

func (child *process) exchangeOnce(line []byte) ([]byte, error) {
	var hung atomic.Bool
	running := child.command.Process
	timer := time.AfterFunc(patience, func() {
		hung.Store(true)
		_ = running.Kill()
	})
	_, err := child.in.Write(append(line, '\n'))
	var text []byte
	if err == nil {
		text, err = child.out.ReadBytes('\n')
	}
	timer.Stop()
	if err == nil {
		return text, nil
	}
	_ = running.Kill()
	_ = child.command.Wait()
	if hung.Load() {
		err = errHung
	} else if said := child.words.gravest(); said != "" {
		err = errors.New(said)
	}
	if failure := child.start(); failure != nil {
		panic(failure)
	}
	return nil, err
}

// beginning keeps the begin of what a child writes to stderr: a stack overflow of Go names each frame.
type beginning struct{ text []byte }

func (kept *beginning) Write(more []byte) (int, error) {
	kept.text = append(kept.text, more[:min(len(more), 4096-len(kept.text))]...)
	return len(more), nil
}

// gravest is the line that says why a child died.
func (kept *beginning) gravest() string {
	lines := strings.Split(strings.TrimSpace(string(kept.text)), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") || strings.Contains(line, "panicked at") {
			return line
		}
	}
	return lines[0]
}
