// OPA's own conformance cases.
package main

func cases(arguments []string) {}
