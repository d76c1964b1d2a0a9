// Command text is one module that serves two agents: the word after the module's name says which,
// and comes from the agent's "args".
//
//	text split   decides where to cut a file of the package, always at white space
//	text merge   adds up the word counts of all chunks
//
// It is a WASI preview 1 command: input JSON on stdin, output JSON on stdout. When something is
// wrong it exits with 1, and what it wrote to stderr becomes the task's error message.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("expected one argument, split or merge, but got %d", len(args))
	}
	in := json.NewDecoder(bufio.NewReader(stdin))
	var output any
	var err error
	switch args[0] {
	case "split":
		output, err = split(in)
	case "merge":
		output, err = merge(in)
	default:
		err = fmt.Errorf("unknown argument %q: expected split or merge", args[0])
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(output)
}
