// Programs and inputs of all the shapes that policies have: heads, bodies, `else`, `every`, comprehensions, negation,
// `with`, functions, several files, shadowed names, undefined fields, builtins. Most are valid; OPA tells which.
package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

type generator struct {
	*rand.Rand
	// Rules and functions that may be used so far.
	values    []string
	sets      []string
	functions []function
	// Variables with a value, innermost scope last.
	bound []string
	// Names that the body at hand has used already.
	used  map[string]bool
	depth int
	// Whether functions are replaced in this program. Its types have to be right then.
	mocks bool
	// Whether `not` takes blocks in this program.
	blocks bool
	// Whether `and` and `or` are keywords.
	logical bool
}

type function struct {
	name  string
	arity int
}

// Generate makes the program of this number; the same seed gives the same.
func Generate(seed, number uint64) Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, number)), used: map[string]bool{}}
	g.mocks = g.chance(15)
	g.blocks = g.chance(10)
	g.logical = g.blocks && g.chance(4)
	files := map[string][]string{"p.rego": append([]string{"package p"}, g.imports()...)}
	if g.chance(25) {
		files["q.rego"] = append([]string{"package p"}, g.imports()...)
	}
	if g.chance(20) {
		files["lib.rego"] = append([]string{"package lib.util"}, g.libFunction()...)
		imported := pick(g, "import data.lib.util", "import data.lib.util as u")
		for path := range files {
			if path != "lib.rego" {
				files[path] = append(files[path], imported)
			}
		}
		if strings.HasSuffix(imported, "as u") {
			g.functions = append(g.functions, function{"u.lib_f", 1})
		} else {
			g.functions = append(g.functions, function{"util.lib_f", 1})
		}
	}
	program := Program{Input: g.input(), Data: map[string]any{"base": map[string]any{"a": 1, "b": []any{1, 2, "x"}, "c": map[string]any{"d": "x"}}}}
	helpers := 1 + g.IntN(4)
	for i := range helpers {
		g.helper(i, files)
	}
	for i := range 1 + g.IntN(2) {
		name := fmt.Sprintf("deny_%d", i)
		g.entry(name, files)
		program.Rules = append(program.Rules, "data.p."+name)
	}
	if g.chance(30) && (len(g.values) > 0 || len(g.sets) > 0) {
		g.test(files)
		program.Rules = append(program.Rules, "data.p.test_it")
	}
	for _, name := range g.values {
		// What lies below a rule is no rule to ask for: OPA refuses a query for what cannot be.
		rule, _, _ := strings.Cut(name, "[")
		rule, _, _ = strings.Cut(rule, ".")
		program.Rules = append(program.Rules, "data.p."+rule)
	}
	for _, name := range g.sets {
		program.Rules = append(program.Rules, "data.p."+name)
	}
	program.Rules = unique(program.Rules)
	program.Modules = map[string]string{}
	for path, lines := range files {
		program.Modules[path] = strings.Join(lines, "\n")
	}
	return program
}

func unique(list []string) []string {
	seen := map[string]bool{}
	var result []string
	for _, item := range list {
		if !seen[item] && !strings.Contains(item, "conf.") {
			seen[item] = true
			result = append(result, item)
		}
	}
	return result
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, items ...T) T { return items[g.IntN(len(items))] }

func (g *generator) input() any {
	item := func() map[string]any {
		item := map[string]any{}
		if g.chance(85) {
			item["name"] = pick(g, "a", "b", "x", "log4j-core")
		}
		if g.chance(60) {
			item["version"] = pick(g, "1.0", "2.14.1", "x")
		}
		if g.chance(60) {
			item["size"] = pick[any](g, 0, 1, 5, 2.5, "big")
		}
		if g.chance(50) {
			item["tags"] = pick[any](g, []any{}, []any{"a"}, []any{"a", "b"}, "a")
		}
		if g.chance(20) {
			item["ok"] = pick[any](g, true, false, nil)
		}
		return item
	}
	input := map[string]any{}
	if g.chance(92) {
		items := []any{}
		for range g.IntN(4) {
			items = append(items, item())
		}
		input["items"] = items
	}
	if g.chance(70) {
		input["obj"] = map[string]any{"a": pick[any](g, 1, "a", false), "b": pick[any](g, 2, "b", []any{1})}
	}
	if g.chance(70) {
		input["nums"] = pick[any](g, []any{1, 2, 3}, []any{}, []any{1, 1, 2.5}, []any{3, "x"})
	}
	if g.chance(60) {
		input["user"] = map[string]any{"name": pick(g, "a", "b"), "roles": []any{"x", pick(g, "a", "admin")}}
	}
	if g.chance(50) {
		input["flag"] = pick[any](g, true, false, "x")
	}
	if g.chance(40) {
		input["pairs"] = []any{[]any{"a", 1}, []any{"b", 2}, []any{"x"}}
	}
	if g.chance(40) {
		input["matrix"] = pick[any](g,
			[]any{[]any{"a", []any{1, 2}}, []any{[]any{"x", 2}, []any{3, []any{4}}}},
			[]any{[]any{1, map[string]any{"a": 2}}, []any{[]any{3, map[string]any{"a": 2}}, []any{"x"}}})
	}
	return input
}

func (g *generator) libFunction() []string {
	return pick(g,
		[]string{"lib_f(x) := x.name if x.size > 0", `lib_f(x) := "none" if not x.size > 0`},
		[]string{"lib_f(x) := count(x)"},
		[]string{"default lib_f(_) := 0", "lib_f(x) := y if {", "\ty := x.size", "}"},
		[]string{"import data.base", "lib_f(x) := [x, base.a]"},
	)
}

// ---- rules

func (g *generator) place(files map[string][]string, lines []string) {
	path := "p.rego"
	if _, two := files["q.rego"]; two && g.chance(50) {
		path = "q.rego"
	}
	files[path] = append(files[path], lines...)
}

func (g *generator) begin(parameters ...string) {
	g.bound = append([]string{}, parameters...)
	g.used = map[string]bool{}
	for _, parameter := range parameters {
		g.used[parameter] = true
	}
	g.depth = 0
}

func (g *generator) helper(number int, files map[string][]string) {
	name := fmt.Sprintf("h%d", number)
	switch g.IntN(12) {
	case 9, 10:
		g.overlapping(name, files)
	case 11:
		g.told(name, files)
	case 0: // a table
		g.place(files, []string{name + ` := {"a": 1, "b": "x", "log4j-core": {"d": 2}, "x": false}`})
		g.values = append(g.values, name)
	case 1: // a complete rule
		g.begin()
		head := g.ruleHead(name, "")
		g.place(files, g.branches(head))
		if g.chance(30) {
			g.place(files, []string{"default " + name + " := " + g.scalar()})
		}
		g.values = append(g.values, name)
	case 2: // two definitions
		for range 2 {
			g.begin()
			g.place(files, g.branches(name+" := "+pick(g, `"a"`, "1", "true")))
		}
		g.values = append(g.values, name)
	case 3: // a partial set
		for range 1 + g.IntN(2) {
			g.begin()
			body := g.body(1 + g.IntN(3))
			g.place(files, g.rule(name+" contains "+g.headValue(), body))
		}
		g.sets = append(g.sets, name)
	case 4: // a partial object
		g.begin()
		body := g.iterating()
		g.place(files, g.rule(fmt.Sprintf("%s[%s] := %s", name, g.key(), g.headValue()), body))
		g.values = append(g.values, name)
	case 5, 6: // a function
		arity := 1 + g.IntN(2)
		for range 1 + g.IntN(2) {
			var parameters, names []string
			for i := range arity {
				switch g.IntN(8) {
				case 0:
					parameters = append(parameters, pick(g, `"a"`, "1", "true"))
				case 1:
					parameters = append(parameters, "_")
				case 2:
					pattern := pick(g, "[a%[1]d, b%[1]d]", `{"name": a%[1]d, "size": b%[1]d}`)
					parameters = append(parameters, fmt.Sprintf(pattern, i))
					names = append(names, fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i))
				default:
					parameter := fmt.Sprintf("a%d", i)
					parameters = append(parameters, parameter)
					names = append(names, parameter)
				}
			}
			g.begin(names...)
			head := fmt.Sprintf("%s(%s)", name, strings.Join(parameters, ", "))
			g.place(files, g.branches(g.ruleHead(head, "")))
		}
		if g.chance(15) {
			blanks := strings.Join([]string{"_", "_"}[:arity], ", ")
			g.place(files, []string{fmt.Sprintf("default %s(%s) := %s", name, blanks, g.scalar())})
		}
		g.functions = append(g.functions, function{name, arity})
	case 7: // a comprehension
		g.begin()
		g.place(files, []string{name + " := " + g.comprehension()})
		g.values = append(g.values, name)
	default: // a head that is a path
		g.begin()
		body := g.iterating()
		path := pick(g, "%s.a.b", "%s.a[%s]", `%s["x"].c`, "%s[%s].c")
		if strings.Count(path, "%s") == 2 {
			path = fmt.Sprintf(path, name, g.key())
		} else {
			path = fmt.Sprintf(path, name)
		}
		if g.chance(40) {
			g.place(files, g.rule(path+" contains "+g.headValue(), body))
		} else {
			g.place(files, g.rule(path+" := "+g.headValue(), body))
		}
		g.values = append(g.values, name)
	}
}

func (g *generator) ruleHead(name, _ string) string {
	switch g.IntN(4) {
	case 0:
		return name
	default:
		return name + " := " // a value follows
	}
}

// branches are a body, and maybe `else` ones.
func (g *generator) branches(head string) []string {
	parameters := append([]string{}, g.bound...)
	hasValue := strings.HasSuffix(head, ":= ")
	value := func() string {
		if hasValue {
			return g.headValue()
		}
		return ""
	}
	body := g.body(1 + g.IntN(3))
	given := value()
	lines := append(append([]string{head + given + " if {"}, indent(g.settle(given, body))...), "}")
	for g.chance(35) {
		g.begin(parameters...)
		body := g.body(1 + g.IntN(2))
		elseHead := "} else if {"
		if hasValue && g.chance(70) {
			elseHead = "} else := " + g.headValue() + " if {"
		}
		lines[len(lines)-1] = elseHead
		lines = append(lines, indent(g.settle(elseHead, body))...)
		lines = append(lines, "}")
	}
	if hasValue && g.chance(25) {
		g.begin(parameters...)
		lines[len(lines)-1] = "} else := " + g.headValue()
	}
	return lines
}

func (g *generator) rule(head string, body []string) []string {
	body = g.settle(head, body)
	if len(body) == 1 && g.chance(30) && !strings.Contains(body[0], "\n") && !strings.HasPrefix(body[0], "some ") {
		return []string{head + " if " + body[0], ""}
	}
	lines := append([]string{head + " if {"}, indent(body)...)
	return append(lines, "}")
}

func indent(body []string) []string {
	result := make([]string, len(body))
	for i, line := range body {
		result[i] = "\t" + line
	}
	return result
}

func (g *generator) entry(name string, files map[string][]string) {
	for range 1 + g.IntN(2) {
		g.begin()
		body := g.iterating()
		if g.chance(40) {
			g.begin()
			body = g.body(1 + g.IntN(4))
		}
		message := pick(g, `"found"`, g.headValue(), `sprintf("%v %v", [`+g.expression(1)+", "+g.expression(1)+"])", `{"msg": "x", "v": `+g.expression(1)+"}")
		if g.chance(25) {
			fresh := g.fresh()
			body = append(body, fresh+" := "+message)
			message = fresh
		}
		g.place(files, g.rule(name+" contains "+message, body))
	}
}

func (g *generator) test(files map[string][]string) {
	g.begin()
	body := g.body(g.IntN(2))
	name := pick(g, append(append([]string{}, g.values...), g.sets...)...)
	name = strings.SplitN(name, "[", 2)[0]
	if g.chance(30) {
		name = "deny_0"
	}
	with := g.with()
	switch g.IntN(4) {
	case 0:
		body = append(body, "x9 := "+pick(g, name, "data.p."+name)+with, "count(x9) == "+pick(g, "0", "1"))
	case 1:
		body = append(body, "count("+name+") == "+pick(g, "0", "1")+with)
	case 2:
		body = append(body, "not "+name+with)
	default:
		body = append(body, pick(g, name, "data.p."+name)+pick(g, "", " == 1", "[_]")+with)
	}
	g.place(files, append(append([]string{"test_it if {"}, indent(g.settle("", body))...), "}"))
}

// ---- statements

func (g *generator) fresh() string {
	for _, name := range g.shuffled("x", "y", "z", "n", "v", "k", "i", "j", "count2", "w") {
		if !g.used[name] {
			g.used[name] = true
			return name
		}
	}
	name := fmt.Sprintf("t%d", len(g.used))
	g.used[name] = true
	return name
}

func (g *generator) shuffled(items ...string) []string {
	g.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

func (g *generator) bind(name string) { g.bound = append(g.bound, name) }

// iterating is a body that runs over something.
func (g *generator) iterating() []string {
	lines := g.loop()
	lines = append(lines, g.body(g.IntN(3))...)
	return lines
}

func (g *generator) body(statements int) []string {
	var groups [][]string
	for range statements {
		groups = append(groups, g.statement())
	}
	if len(groups) == 0 {
		groups = [][]string{{"true"}}
	}
	lines := slices.Concat(groups...)
	// The order is no part of the meaning, unless something is mentioned before it is declared.
	if g.chance(20) {
		g.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
		if shuffled := slices.Concat(groups...); declaredFirst(shuffled) || g.chance(2) {
			return shuffled
		}
	}
	return lines
}

func (g *generator) loop() []string {
	collection := g.collection()
	switch g.IntN(9) {
	case 0, 1, 2:
		name := g.fresh()
		line := fmt.Sprintf("some %s in %s", name, collection)
		g.bind(name)
		return []string{line}
	case 3:
		key, name := g.fresh(), g.fresh()
		line := fmt.Sprintf("some %s, %s in %s", key, name, collection)
		g.bind(key)
		g.bind(name)
		return []string{line, fmt.Sprintf("%s != %s", pick(g, key, name), g.scalar())}
	case 4:
		key, name := g.fresh(), g.fresh()
		lines := []string{"some " + key, fmt.Sprintf("%s := %s[%s]", name, collection, key)}
		if g.chance(50) {
			lines = lines[1:]
		}
		g.bind(key)
		g.bind(name)
		return lines
	case 5:
		name := g.fresh()
		line := fmt.Sprintf("%s %s %s[_]", name, pick(g, ":=", "="), collection)
		g.bind(name)
		return []string{line}
	case 6:
		path, value := g.fresh(), g.fresh()
		line := pick(g, "[%[1]s, %[2]s] := walk(%[3]s)", "walk(%[3]s, [%[1]s, %[2]s])", "[%[1]s, %[2]s] = walk(%[3]s)", "some %[1]s, %[2]s in [1, 2]")
		line = fmt.Sprintf(line, path, value, pick(g, "input", "input.items", "input.obj", "input.missing"))
		if strings.Contains(line, "%!(EXTRA") {
			line = fmt.Sprintf("[%s, %s] := walk(input.obj)", path, value)
		}
		g.bind(path)
		g.bind(value)
		return []string{line}
	case 7:
		first, second := g.fresh(), g.fresh()
		line := pick(g, "some [%s, %s] in input.pairs", "[%s, %s] = input.pairs[_]", `some {"name": %s, "version": %s} in input.items`)
		line = fmt.Sprintf(line, first, second)
		g.bind(first)
		g.bind(second)
		return []string{line}
	default:
		key := g.fresh()
		line := fmt.Sprintf("%s[%s]%s", collection, key, pick(g, "", ".name", ".size > 0", ` == "a"`, `.tags[_] == "a"`))
		g.bind(key)
		return []string{line}
	}
}

func (g *generator) statement() []string {
	switch g.IntN(25) {
	case 22, 23, 24:
		return g.rare()
	case 0, 1, 2, 3:
		return g.loop()
	case 4, 5, 6:
		value := g.expression(2)
		name := g.fresh()
		g.bind(name)
		return []string{fmt.Sprintf("%s %s %s", name, pick(g, ":=", ":=", "="), value)}
	case 7, 8, 9:
		return []string{g.comparison(2) + g.maybeWith()}
	case 10, 11, 12, 13:
		return []string{g.not(g.negated()) + g.maybeWith()}
	case 14:
		return g.every()
	case 15:
		return []string{g.expression(2) + g.maybeWith()}
	case 16:
		first, second := g.fresh(), g.fresh()
		operator := pick(g, ":=", "=")
		value := pick(g, "["+g.expression(1)+", "+g.expression(1)+"]", "input.pairs[0]", g.reference())
		line := fmt.Sprintf("[%s, %s] %s %s", first, second, operator, value)
		g.bind(first)
		g.bind(second)
		return []string{line}
	case 17:
		first := g.fresh()
		value := pick(g, "input.user", "input.obj", `{"a": `+g.expression(1)+"}")
		line := fmt.Sprintf(`{"a": %s} %s %s`, first, pick(g, ":=", "="), value)
		g.bind(first)
		return []string{line}
	case 18:
		return []string{g.expression(1) + " in " + g.collection() + g.maybeWith()}
	case 19:
		return []string{"print(" + g.expression(1) + ", " + g.expression(1) + ")"}
	case 20:
		name := g.fresh()
		inner := g.comprehension()
		g.bind(name)
		return []string{fmt.Sprintf("%s := count(%s)", name, inner)}
	default:
		if len(g.functions) == 0 {
			return []string{g.comparison(1)}
		}
		// One more argument takes the result.
		called := pick(g, g.functions...)
		name := g.fresh()
		line := fmt.Sprintf("%s(%s, %s)", called.name, strings.Join(g.arguments(called.arity), ", "), name)
		g.bind(name)
		return []string{line}
	}
}

func (g *generator) every() []string {
	key, name := pick(g, "", "e1, "), pick(g, "e", "x", "y")
	if slices.Contains(g.bound, "e1") {
		key = ""
	}
	domain := g.collection()
	outer, used := g.bound, g.used
	g.used = map[string]bool{name: true, "e1": true}
	g.bound = append(append([]string{}, outer...), name)
	if key != "" {
		g.bound = append(g.bound, "e1")
	}
	g.depth++
	body := g.body(1 + g.IntN(2))
	if g.chance(85) {
		body = append(body, fmt.Sprintf("%s%s %s %s", name, pick(g, "", "", ".size", ".name"), pick(g, "!=", "==", ">"), g.expression(1)))
	}
	body = g.settle("", body)
	for _, declared := range word.FindAllString(key+name, -1) {
		if !mentions(body, declared) {
			body = append(body, g.use(declared))
		}
	}
	g.depth--
	g.leave(outer, used)
	lines := []string{fmt.Sprintf("every %s%s in %s {", key, name, domain)}
	lines = append(lines, indent(body)...)
	return append(lines, "}")
}

func (g *generator) negated() string {
	switch g.IntN(8) {
	case 0:
		return g.reference()
	case 1:
		return g.reference() + " == " + g.scalar()
	case 2:
		return g.call(1)
	case 3:
		return g.expression(1) + " in " + g.collection()
	case 4:
		return g.builtin(1)
	case 5:
		return g.reference() + " = " + g.expression(1)
	case 6:
		if len(g.sets) > 0 {
			return pick(g, g.sets...) + "[" + g.expression(1) + "]"
		}
		return g.comparison(1)
	default:
		return g.comparison(1)
	}
}

func (g *generator) maybeWith() string {
	if g.chance(8) {
		return g.with()
	}
	return ""
}

func (g *generator) with() string {
	switch g.IntN(6) {
	case 0:
		return ` with input as {"items": [{"name": "a", "size": 1}], "nums": [1]}`
	case 1:
		return " with input.items as " + pick(g, "[]", "[{}]", g.expression(1))
	case 2:
		return " with input.flag as " + g.expression(1)
	case 3:
		if len(g.values) > 0 {
			name := strings.SplitN(pick(g, g.values...), "[", 2)[0]
			if !strings.Contains(name, ".") {
				return " with data.p." + name + " as " + g.expression(1)
			}
		}
		return " with data.base.a as 5"
	case 4:
		if len(g.functions) > 0 && g.mocks {
			called := pick(g, g.functions...)
			if g.chance(50) {
				return " with " + g.path(called) + " as " + g.scalar()
			}
			for _, other := range g.functions {
				if other.arity == called.arity && other.name != called.name {
					return " with " + g.path(called) + " as " + g.path(other)
				}
			}
		}
		return " with input as {}"
	default:
		if !g.mocks {
			return " with input.obj.a as " + g.expression(1)
		}
		return pick(g, " with count as 7", ` with lower as "a"`, " with startswith as false")
	}
}

// path names a function, by its whole path or as a call does.
func (g *generator) path(called function) string {
	if strings.Contains(called.name, ".") || g.chance(50) {
		return called.name
	}
	return "data.p." + called.name
}

// ---- expressions

func (g *generator) scalar() string {
	return pick(g, "0", "1", "2", "5", `"a"`, `"b"`, `"x"`, `"admin"`, "true", "false", "null", "2.5", `"log4j-core"`, "-1")
}

func (g *generator) variable() string {
	if len(g.bound) == 0 {
		return g.scalar()
	}
	// The last ones are of the innermost scope.
	if g.chance(60) {
		return g.mention(g.bound[len(g.bound)-1-g.IntN(min(len(g.bound), 2))])
	}
	return g.mention(pick(g, g.bound...))
}

func (g *generator) key() string {
	field := g.variable()
	if isWord(field) {
		field += ".name"
	}
	return pick(g, g.variable(), `"a"`, field, "input.user.name", g.scalar())
}

func (g *generator) reference() string {
	if len(g.bound) > 0 && g.chance(45) {
		variable := g.variable()
		if strings.HasPrefix(variable, `"`) || strings.ContainsAny(variable, "0123456789-") && len(variable) < 3 {
			return "input.flag"
		}
		if isWord(variable) {
			return variable + g.suffix()
		}
	}
	if len(g.values) > 0 && g.chance(40) {
		return pick(g, g.values...) + pick(g, "", ".a", "["+g.indexKey()+"]", ".x.c", ".missing")
	}
	return pick(g, "input.items", "input.items[0]", "input.items[0].name", "input.missing", "input.user.name",
		"input.user.roles", "input.nums", "input.nums[1]", "input.flag", "input.obj.a", "input.obj["+g.indexKey()+"]",
		"input.missing.deep", "data.base.a", "data.base.c.d", "data.base.b", "data.base.missing", `input["items"]`)
}

func (g *generator) suffix() string {
	if g.mocks {
		return ""
	}
	return pick(g, ".name", ".version", ".size", ".tags", "[0]", ".missing", "", ".ok", `["name"]`)
}

// untyped is what OPA knows no type of.
func (g *generator) untyped() string {
	return pick(g, "input.items", "input.items[0].name", "input.user.name", "input.user.roles", "input.nums", "input.flag",
		"input.obj.a", "input.missing", "input.obj["+g.indexKey()+"]")
}

func isWord(text string) bool {
	return text != "true" && text != "false" && text != "null" && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	}) < 0 && text[0] >= 'a'
}

func (g *generator) indexKey() string {
	return pick(g, g.variable(), g.variable(), `"a"`, "input.user.name", "0")
}

func (g *generator) collection() string {
	choices := []string{"input.items", "input.items", "input.items", "input.nums", "input.obj", "input.user.roles",
		"input.missing", `["a", "b"]`, `{"a", 1}`, `{"a": 1, "x": {"b": 2}}`, "data.base.b", "[1, 2, 3]", "input.pairs"}
	choices = append(choices, g.sets...)
	for _, value := range g.values {
		if !strings.Contains(value, "[") {
			choices = append(choices, value)
		}
	}
	for _, variable := range g.bound {
		choices = append(choices, variable+".tags")
		if g.chance(20) {
			choices = append(choices, variable)
		}
	}
	choice := pick(g, choices...)
	if strings.HasPrefix(choice, `"`) {
		return "input.items"
	}
	if g.depth < 2 && g.chance(8) {
		return g.comprehension()
	}
	return g.mention(choice)
}

func (g *generator) comparison(depth int) string {
	operator := pick(g, "==", "==", "!=", "<", ">", ">=", "<=", "=")
	return g.expression(depth-1) + " " + operator + " " + g.expression(depth-1)
}

func (g *generator) headValue() string {
	switch g.IntN(6) {
	case 0:
		return g.scalar()
	case 1:
		return g.variable()
	case 2:
		return g.reference()
	case 3:
		if len(g.values) > 0 {
			return pick(g, g.values...) + "[" + g.indexKey() + "]"
		}
		return g.reference()
	case 4:
		form := pick(g, `{"v": %s}`, "[%s]", `concat("", ["m", %s])`, `sprintf("%%v", [%s])`, "{%s}")
		return fmt.Sprintf(form, g.reference())
	default:
		return g.expression(2)
	}
}

func (g *generator) expression(depth int) string {
	if depth <= 0 {
		return pick(g, g.scalar, g.variable, g.variable, g.reference, g.reference)()
	}
	switch g.IntN(13) {
	case 12:
		if g.chance(50) {
			return g.template()
		}
		return fmt.Sprintf(`sprintf("%s", [%s])`, pick(g, "%v", "%s", "%d", "%.1f", "%q"), pick(g, "0.10", "100", g.reference(), g.reference(), g.spelled()))
	case 0:
		return g.scalar()
	case 1, 2:
		return g.variable()
	case 3, 4:
		return g.reference()
	case 5:
		return g.call(depth - 1)
	case 6, 7:
		return g.builtin(depth - 1)
	case 8:
		return fmt.Sprintf(pick(g, "[%s, %s]", "{%s, %s}", `{"a": %s, "b": %s}`), g.expression(depth-1), g.expression(depth-1))
	case 9:
		if g.depth < 2 {
			return g.comprehension()
		}
		return g.variable()
	case 10:
		if g.mocks {
			return "(" + g.untyped() + " " + pick(g, "+", "-", "*", "==", "<", "/", "%", "!=") + " " + g.untyped() + ")"
		}
		return "(" + g.expression(depth-1) + " " + pick(g, "+", "-", "*", "==", "<", "/", "|", "&", "%", "!=") + " " + g.expression(depth-1) + ")"
	default:
		return pick(g, g.scalar, g.variable, g.reference)()
	}
}

func (g *generator) arguments(count int) []string {
	var arguments []string
	for range count {
		arguments = append(arguments, g.expression(1))
	}
	return arguments
}

func (g *generator) call(depth int) string {
	if len(g.functions) == 0 {
		return g.builtin(depth)
	}
	called := pick(g, g.functions...)
	result := fmt.Sprintf("%s(%s)", called.name, strings.Join(g.arguments(called.arity), ", "))
	return result + pick(g, "", "", "", ".name", "[0]")
}

func (g *generator) builtin(depth int) string {
	operand := func() string {
		if g.mocks && g.chance(90) {
			return g.untyped()
		}
		return g.expression(depth)
	}
	one := func(name string) string { return name + "(" + operand() + ")" }
	two := func(name string) string { return name + "(" + operand() + ", " + operand() + ")" }
	switch g.IntN(22) {
	case 0, 1:
		return one("count")
	case 2:
		return one(pick(g, "lower", "upper"))
	case 3, 4:
		return two(pick(g, "startswith", "endswith", "contains"))
	case 5:
		return one(pick(g, "is_string", "is_number", "is_array", "is_object", "is_null", "is_boolean", "is_set"))
	case 6:
		return fmt.Sprintf(`sprintf("%s", [%s])`, pick(g, "%v", "%s", "%d", "%v-x"), operand())
	case 7:
		return fmt.Sprintf(`concat(",", [%s, "b"])`, operand())
	case 8:
		return fmt.Sprintf(`object.get(%s, %s, %s)`, pick(g, "input", "input.obj", g.variable()), g.scalar(), g.scalar())
	case 9:
		return one(pick(g, "sum", "max", "min", "product"))
	case 10:
		return one("sort")
	case 11:
		return one("to_number")
	case 12:
		return fmt.Sprintf(`split(%s, ".")`, operand())
	case 13:
		return fmt.Sprintf(`replace(%s, "a", "b")`, operand())
	case 14:
		return one("object.keys")
	case 15:
		return one("type_name")
	case 16:
		return two("array.concat")
	case 17:
		return fmt.Sprintf(`regex.match(%s, %s)`, pick(g, `"^a"`, `"[a-z]+"`, "`\\d`"), operand())
	case 18:
		return fmt.Sprintf(`glob.match(%s, ["."], %s)`, pick(g, `"a*"`, `"*.1"`, `"**"`), operand())
	case 19:
		return fmt.Sprintf("object.union(%s, %s)", pick(g, "input.obj", `{"a": 1}`), operand())
	case 20:
		return one(pick(g, "abs", "round", "json.marshal"))
	default:
		return fmt.Sprintf("substring(%s, 0, 1)", operand())
	}
}

func (g *generator) comprehension() string {
	g.depth++
	outer, used := g.bound, g.used
	// Names of the scope around may be used again inside, for something else.
	g.bound = append([]string{}, outer...)
	g.used = map[string]bool{}
	lines := g.loop()
	if g.chance(50) {
		lines = append(lines, g.body(1)...)
	}
	var text string
	switch g.IntN(3) {
	case 0:
		element := g.simple()
		text = fmt.Sprintf("[%s | %s]", element, inline(g.settle(element, lines)))
	case 1:
		element := g.simple()
		text = fmt.Sprintf("{%s | %s}", element, inline(g.settle(element, lines)))
	default:
		element := g.variable() + ": " + g.simple()
		text = fmt.Sprintf("{%s | %s}", element, inline(g.settle(element, lines)))
	}
	g.leave(outer, used)
	g.depth--
	return text
}

// leave ends a scope. What it mentioned of the scope around cannot be declared there any more.
func (g *generator) leave(outer []string, used map[string]bool) {
	for name := range g.used {
		used[name] = true
	}
	g.bound, g.used = outer, used
}

// mention keeps a variable from being declared anew in this scope: OPA refuses that, but for `some x in x`.
func (g *generator) mention(text string) string {
	if name := word.FindString(text); name != "" && g.chance(95) {
		g.used[name] = true
	}
	return text
}

func (g *generator) simple() string {
	return pick(g, g.variable, g.variable, g.reference, func() string { return g.builtin(0) })()
}

// inline joins statements; those of several lines stay as they are.
func inline(lines []string) string {
	var text strings.Builder
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case i == 0:
		case strings.HasSuffix(text.String(), "{"), trimmed == "}":
			text.WriteString(" ")
		default:
			text.WriteString("; ")
		}
		text.WriteString(trimmed)
	}
	return text.String()
}
