// Generated programs, each asked of both sides, and what is said of all of them in the end.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

func random(arguments []string) {
	flags := flag.NewFlagSet("random", flag.ExitOnError)
	path := flags.String("peer", "", "the evaluator under test")
	count := flags.Uint64("count", 5000, "how many programs")
	seed := flags.Uint64("seed", 1, "seed of the generator")
	jobs := flags.Int("jobs", 2, "how many at once")
	only := flags.Int64("only", -1, "show the program of this number")
	show := flags.Int("show", 5, "how many differences are shown")
	shrink := flags.Bool("shrink", true, "show the smallest form")
	least := flags.Float64("least", 0, "fail if fewer per cent of the valid programs are evaluated")
	loud := flags.String("loud", "", "also show these, separated by commas: refused, loud, accepted")
	_ = flags.Parse(arguments)
	if *only >= 0 {
		pair, err := StartPair(*path)
		check(err)
		program := Generate(*seed, uint64(*only))
		printProgram(program)
		kind, detail := pair.Compare(&program)
		fmt.Println(kind, detail)
		return
	}
	started := time.Now()
	var mutex sync.Mutex
	var group sync.WaitGroup
	counts := map[Kind]int{}
	reasons := map[string]int{}
	shown := 0
	for job := range *jobs {
		group.Add(1)
		go func() {
			defer group.Done()
			pair, err := StartPair(*path)
			check(err)
			for number := uint64(job); number < *count; number += uint64(*jobs) {
				program := Generate(*seed, number)
				kind, detail := pair.Compare(&program)
				mutex.Lock()
				counts[kind]++
				if kind != Same && kind != Died && !Silent[kind] {
					reasons[string(kind)+": "+reason(detail)]++
				}
				show := (Silent[kind] || slices.Contains(strings.Split(*loud, ","), string(kind))) && shown < *show
				if show {
					shown++
				}
				if kind == Died {
					fmt.Printf("---- %s, program %d of seed %d\n%s\n", kind, number, *seed, detail)
					// Its text, too, but not thousands of them.
					if counts[kind] <= 20 {
						printProgram(program)
					}
				}
				mutex.Unlock()
				if show {
					if *shrink {
						program = pair.Shrink(program, kind)
						kind, detail = pair.Compare(&program)
					}
					mutex.Lock()
					fmt.Printf("---- %s, program %d of seed %d\n%s\n", kind, number, *seed, detail)
					printProgram(program)
					mutex.Unlock()
				}
			}
		}()
	}
	group.Wait()
	valid := 0
	bad := 0
	for kind, number := range counts {
		if kind != Invalid && kind != Accepted && kind != Died {
			valid += number
		}
		if Silent[kind] {
			bad += number
		}
	}
	fmt.Printf("%d programs, %d valid for OPA (%.1f %%), OPA died of %d, %.0f s\n",
		*count, valid, percent(valid, int(*count)), counts[Died], time.Since(started).Seconds())
	for _, kind := range []Kind{Same, Lost, Extra, Other, NoError, Crash, Died, Loud, Refused, Accepted, Invalid} {
		fmt.Printf("  %-9s %d\n", kind, counts[kind])
	}
	printReasons(reasons)
	evaluated := valid - counts[Refused] - counts[Loud]
	fmt.Printf("evaluated: %d of %d valid programs (%.1f %%)\n", evaluated, valid, percent(evaluated, valid))
	if bad > 0 || valid == 0 || float64(evaluated)*100 < *least*float64(valid) {
		os.Exit(1)
	}
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// reason is a detail without its names and numbers.
func reason(detail string) string {
	if index := strings.Index(detail, ": "); index >= 0 {
		detail = detail[index+2:]
	}
	var words []string
	for _, word := range strings.Fields(detail) {
		if strings.ContainsAny(word, "`\"[]{}0123456789") {
			word = "…"
		}
		words = append(words, word)
	}
	if len(words) > 12 {
		words = words[:12]
	}
	return strings.Join(words, " ")
}

func printReasons(reasons map[string]int) {
	keys := make([]string, 0, len(reasons))
	for key := range reasons {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return reasons[keys[i]] > reasons[keys[j]] })
	for _, key := range keys[:min(len(keys), 12)] {
		fmt.Printf("    %6d  %s\n", reasons[key], key)
	}
}

func printProgram(program Program) {
	for path, text := range program.Modules {
		fmt.Printf("# %s\n%s\n", path, text)
	}
	input, _ := json.Marshal(program.Input)
	fmt.Printf("# input %s\n# rules %s\n", input, strings.Join(program.Rules, " "))
}
