// Holds an evaluator of Rego against OPA.
//
//	rego random -peer PROGRAM [-count N] [-seed S] [-jobs J] [-least P]   generated programs
//	rego cases  -peer PROGRAM -dir DIRECTORY [-most N] [-known NAME]...   OPA's own conformance cases
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: rego random|cases …")
		os.Exit(2)
	}
	switch os.Args[1] {
	case "random":
		random(os.Args[2:])
	case "oracle":
		answerAsOracle()
	case "cases":
		cases(os.Args[2:])
	default:
		fmt.Fprintf(os.Stderr, "unknown command %q\n", os.Args[1])
		os.Exit(2)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
