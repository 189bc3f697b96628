// How two evaluators differ, and the smallest program over which they do.
package main

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// Kind says how grave a difference is.
type Kind string

const (
	Same     Kind = "same"
	Lost     Kind = "LOST"     // OPA has a value or an element, the peer has not
	Extra    Kind = "EXTRA"    // the peer has one that OPA has not
	Other    Kind = "OTHER"    // both have a value, and not the same
	NoError  Kind = "NO ERROR" // OPA errs, the peer gives a value
	Loud     Kind = "loud"     // OPA has an answer, the peer an error
	Refused  Kind = "refused"  // OPA loads it, the peer does not, and says so
	Invalid  Kind = "invalid"  // OPA does not load it
	Accepted Kind = "accepted" // OPA does not load it, the peer does
	Crash    Kind = "CRASH"
	Died     Kind = "OPA died" // nobody knows what would be right
)

// Silent kinds are faults: nobody would notice.
var Silent = map[Kind]bool{Lost: true, Extra: true, Other: true, NoError: true, Crash: true}

// Compare tells the gravest difference, and of which rule.
func Compare(opa, peer Answers) (Kind, string) {
	if len(peer.Refused) > 0 && strings.HasPrefix(peer.Refused[0], "CRASH") {
		return Crash, peer.Refused[0]
	}
	if opa.Died != "" {
		return Died, opa.Died
	}
	if len(opa.Refused) > 0 {
		if len(peer.Refused) > 0 {
			return Invalid, strings.Join(opa.Refused, "; ")
		}
		return Accepted, strings.Join(opa.Refused, "; ")
	}
	if len(peer.Refused) > 0 {
		return Refused, strings.Join(peer.Refused, "; ")
	}
	rules := make([]string, 0, len(opa.Rules))
	for rule := range opa.Rules {
		rules = append(rules, rule)
	}
	sort.Strings(rules)
	result, detail := Same, ""
	for _, rule := range rules {
		kind := compareOne(opa.Rules[rule], peer.Rules[rule])
		if kind != Same && (result == Same || (Silent[kind] && !Silent[result])) {
			result = kind
			detail = fmt.Sprintf("%s: OPA %s, peer %s", rule, shown(opa.Rules[rule]), shown(peer.Rules[rule]))
		}
	}
	return result, detail
}

func compareOne(opa, peer Answer) Kind {
	switch {
	case opa.Error != "" && peer.Error != "":
		return Same
	case strings.Contains(opa.Error, "eval_internal_error"):
		// OPA's own fault: it looks at a value before it is there.
		return Same
	case opa.Error != "":
		return NoError
	case peer.Error != "":
		return Loud
	case opa.Defined && !peer.Defined:
		return Lost
	case !opa.Defined && peer.Defined:
		return Extra
	case reflect.DeepEqual(opa.Value, peer.Value):
		return Same
	}
	theirs, isList := opa.Value.([]any)
	ours, isListToo := peer.Value.([]any)
	if isList && isListToo && len(theirs) > len(ours) {
		return Lost
	}
	if isList && isListToo && len(theirs) < len(ours) {
		return Extra
	}
	return Other
}

func shown(answer Answer) string {
	switch {
	case answer.Error != "":
		return "error " + answer.Error
	case !answer.Defined:
		return "undefined"
	}
	return fmt.Sprintf("%#v", answer.Value)
}

// Pair is the two that one job asks.
type Pair struct {
	peer   *Peer
	oracle *Oracle
}

// StartPair starts both.
func StartPair(path string) (*Pair, error) {
	peer, err := StartPeer(path)
	if err != nil {
		return nil, err
	}
	oracle, err := StartOracle()
	return &Pair{peer, oracle}, err
}

// Compare tells how the peer differs from OPA, with its index and without.
func (pair *Pair) Compare(program *Program) (Kind, string) {
	answers := pair.peer.Ask(program)
	kind, detail := Compare(pair.oracle.Ask(program, true), answers)
	if Silent[kind] || kind == Loud {
		if again, _ := Compare(pair.oracle.Ask(program, false), answers); again == Same {
			return Same, ""
		}
	}
	return kind, detail
}
