// Shapes that are rare in policies and where evaluators have differed: heads that overlap, several definitions told
// apart by literals, negation around closures, patterns within patterns, output arguments, numbers spelled in
// several ways, template strings.
package main

import (
	"fmt"
	"slices"
	"strings"
)

// imports are those of the language: no-ops in the version of Rego asked of both sides.
func (g *generator) imports() []string {
	if g.logical {
		return pick(g, []string{"import future.keywords"}, []string{"import rego.v2"}, []string{"import future.keywords.not", "import future.keywords.and", "import future.keywords.or"})
	}
	if g.blocks {
		return pick(g, []string{"import future.keywords.not"}, []string{"import future.keywords"}, []string{"import future.keywords.in", "import future.keywords.not"})
	}
	if g.chance(60) {
		return nil
	}
	if g.chance(10) {
		g.blocks = true
		return []string{"import future.keywords"}
	}
	return pick(g,
		[]string{"import rego.v1"},
		[]string{"import future.keywords.in"},
		[]string{"import future.keywords.every"},
		[]string{"import future.keywords.if", "import future.keywords.contains"},
		[]string{"import future.keywords.contains", "import future.keywords.every", "import future.keywords.if", "import future.keywords.in"},
		[]string{"import future.keywords.in", "import future.keywords.every"},
		[]string{"import data.base"},
		[]string{"import input.user as who"},
		[]string{"import rego.v1", "import input.items as base"},
	)
}

// overlapping are definitions of one partial rule whose ground and dynamic heads may meet.
func (g *generator) overlapping(name string, files map[string][]string) {
	flat := []string{"%s.a := %s", `%s["b"] := %s`, "%s[K] := %s", "%s[K] := %s", "%s.x := %s"}
	single := []string{"%s.a.z := %s", "%s[K].z := %s", "%s[K].z := %s", "%s.b[K] := %s", "%s[K][K] := %s", "%s.a.w.v := %s", "%s[K].y[K] := %s"}
	multiple := []string{"%s.a.y contains %s", "%s[K].y contains %s", "%s[K].y contains %s", `%s["b"].y contains %s`, "%s.x.v contains %s"}
	// OPA refuses a set and a value below the same dynamic key, and some more of what meets.
	ground := []string{"%s.a.y contains %s", "%s.x.v contains %s", "%s.b.z := %s", "%s[K] := %s", "%s[K].z := %s", "%s[K][K] := %s"}
	heads := pick(g, flat, single, multiple, ground)
	if g.chance(3) {
		heads = slices.Concat(flat, single, multiple)
	}
	constant := pick(g, "1", `"a"`, "true", `{"y": 1}`)
	for range 2 + g.IntN(3) {
		g.begin()
		var body []string
		if g.chance(70) {
			body = g.iterating()
		} else {
			body = g.body(1 + g.IntN(2))
		}
		// Values that differ are an error for most programs; the same value is none.
		value := constant
		if g.chance(25) {
			value = g.headValue()
		}
		head := pick(g, heads...)
		if strings.Contains(head, "contains") {
			value = pick(g, g.variable(), g.scalar(), g.headValue())
		}
		for strings.Contains(head, "K") {
			head = strings.Replace(head, "K", pick(g, g.variable(), g.variable(), g.key(), `"a"`), 1)
		}
		head = strings.Replace(strings.Replace(head, "%s", name, 1), "%s", value, 1)
		g.place(files, g.rule(head, body))
	}
	g.values = append(g.values, name, name+pick(g, ".a", ".a.y", ".b", ".x", `["a"]`))
}

// told is a function whose definitions are told apart by literals.
func (g *generator) told(name string, files map[string][]string) {
	for range 2 + g.IntN(3) {
		literal := pick(g, `"a"`, `"b"`, "1", "1.0", "true", "null", "[]", `["x", 1]`, "{}", `{"name": "a"}`, "2.5")
		var parameters []string
		switch g.IntN(5) {
		case 0:
			parameters = []string{"a0", literal}
		case 1:
			parameters = []string{literal, "a1"}
		case 2:
			parameters = []string{literal, "_"}
		case 3:
			parameters = []string{"[a0, " + pick(g, `"a"`, "1", "[a2, _]", "a2") + "]", pick(g, "a1", "_")}
		default:
			parameters = []string{"a0", "a1"}
		}
		head := fmt.Sprintf("%s(%s)", name, strings.Join(parameters, ", "))
		var names []string
		for _, parameter := range []string{"a0", "a1", "a2"} {
			if mentions([]string{head}, parameter) {
				names = append(names, parameter)
			}
		}
		g.begin(names...)
		if g.chance(25) {
			g.place(files, []string{head + " := " + pick(g, g.variable(), g.scalar())})
			continue
		}
		g.place(files, g.branches(g.ruleHead(head, "")))
	}
	g.functions = append(g.functions, function{name, 2})
}

// rare is a statement of one of these shapes.
func (g *generator) rare() []string {
	if g.logical && g.chance(40) {
		return []string{g.comparison(1) + pick(g, " or ", " and ") + pick(g, g.comparison(1), g.not(g.negated()), "input.flag")}
	}
	if g.blocks && g.depth < 3 && g.chance(40) {
		return []string{g.block()}
	}
	switch g.IntN(13) {
	case 0: // negation around closures, and within them
		form := pick(g, "not count(%s) > 0", "count(%s) == 0", "not %s == []", `not "a" in %s`, "not %s[0]", "not %s", "%s != {1}")
		if g.blocks {
			form = strings.Replace(form, "not %s", "not (%s)", 1)
		}
		return []string{fmt.Sprintf(form, g.closure(g.not(g.negated())))}
	case 1:
		return []string{fmt.Sprintf("not count([1 | %s]) == %s", inline(g.everyNegated()), pick(g, "0", "1"))}
	case 2:
		return g.everyNegated()
	case 3: // walk, to fields of certain names
		path, value := g.fresh(), g.fresh()
		line := fmt.Sprintf(pick(g, "walk(%[3]s, [%[1]s, %[2]s])", `walk(%[3]s, [[%[1]s, "name"], %[2]s])`, `walk(%[3]s, [["items", %[1]s, "tags", _], %[2]s])`,
			"[[%[1]s, _], %[2]s] = walk(%[3]s)", `[[_, %[1]s], %[2]s] := walk(%[3]s)`), path, value, pick(g, "input", "input.items", "input.obj", g.variable()))
		g.bind(path)
		g.bind(value)
		return []string{line, fmt.Sprintf(pick(g, "is_string(%[2]s)", "not is_object(%[2]s)", "%[2]s != %[1]s", "count([%[1]s]) == 1"), path, value)}
	case 4: // patterns within patterns
		first, second, third := g.fresh(), g.fresh(), g.fresh()
		line := pick(g, "[[%s, %s], %s] %s input.matrix", "[%s, [%s, %s]] %s input.matrix[_]", `[[%s, {"a": %s}], [%s]] %s input.matrix[1]`,
			`{"a": %s, "b": [%s, %s]} %s input.obj`, "[_, [%s, [%s, %s]]] %s input.matrix", `[%s, [["x", %s], %s]] %s input.matrix`)
		operator := pick(g, ":=", "=")
		if strings.Contains(line, `"x"`) {
			operator = "="
		}
		line = fmt.Sprintf(line, first, second, third, operator)
		g.bind(first)
		g.bind(second)
		g.bind(third)
		return []string{line}
	case 5:
		first, second, third := g.fresh(), g.fresh(), g.fresh()
		line := fmt.Sprintf(pick(g, "some [%s, [%s, %s]] in input.matrix", "some %s, [%s, %s] in input.pairs", `some %s, {"name": %s, "size": %s} in input.items`,
			"some [%s, %s, %s] in [[1, 2, 3], [1, [2], input.obj]]", `some %s, ["x", [%s, %s]] in input.matrix`), first, second, third)
		g.bind(first)
		g.bind(second)
		g.bind(third)
		return []string{line}
	case 6: // the last argument takes the result, of builtins too
		name, other := g.fresh(), g.fresh()
		line := pick(g, "count(%[3]s, %[1]s)", `split(%[3]s, ".", [%[1]s, %[2]s])`, "plus(1, %[3]s, %[1]s)", `object.get(%[3]s, "a", 0, %[1]s)`,
			`array.concat([1], %[3]s, [_, %[1]s])`, "type_name(%[3]s, %[1]s)", `lower(%[3]s, %[1]s)`, "is_string(%[3]s, %[1]s)")
		line = fmt.Sprintf(line, name, other, pick(g, g.reference(), g.reference(), g.variable()))
		g.bind(name)
		if strings.Contains(line, other) {
			g.bind(other)
		}
		return []string{line}
	case 7: // the result is compared
		if len(g.functions) == 0 {
			return []string{g.numeral()}
		}
		called := pick(g, g.functions...)
		taken := pick(g, g.variable(), g.scalar(), "["+g.variable()+", _]", "false", "true")
		negation := pick(g, "", "", "not ")
		if strings.Contains(taken, "_") {
			negation = ""
		}
		return []string{fmt.Sprintf("%s%s(%s, %s)", negation, called.name, strings.Join(g.arguments(called.arity), ", "), taken)}
	case 8:
		return []string{pick(g, "", "not ") + g.numeral() + g.maybeWith()}
	case 9:
		line := fmt.Sprintf(`object.get(%s, %s, %s)`, pick(g, "input", "input.obj", "data.base", g.reference()),
			pick(g, `["obj", "a"]`, `["items", 0, "name"]`, "[]", `["c", "d"]`, "0", "[0]", g.variable(), "["+g.variable()+"]"), g.expression(0))
		return []string{pick(g, "", "not ") + line + pick(g, "", " == "+g.scalar(), " != "+g.scalar())}
	case 10:
		return []string{pick(g, "not ", "") + g.template() + pick(g, " == ", " != ") + pick(g, `"a"`, g.template(), g.expression(0))}
	case 11: // `with` around what negates, iterates or calls
		return []string{pick(g, "not ", "") + g.expression(2) + g.with() + pick(g, "", "", g.with())}
	default:
		name := g.fresh()
		line := name + pick(g, " := ", " = ") + g.closure(strings.Join(g.rareLine(), "; "))
		g.bind(name)
		return []string{line}
	}
}

func (g *generator) rareLine() []string {
	return []string{pick(g, g.numeral, g.template, func() string { return g.not(g.negated()) })()}
}

// closure is a comprehension that ends in this statement.
func (g *generator) closure(last string) string {
	outer, used := g.bound, g.used
	g.bound, g.used = append([]string{}, outer...), map[string]bool{}
	g.depth++
	lines := append(g.loop(), last)
	element := g.simple()
	text := fmt.Sprintf(pick(g, "[%s | %s]", "{%s | %s}"), element, inline(g.settle(element, lines)))
	g.depth--
	g.leave(outer, used)
	return text
}

// not negates what is no block, though it may begin as one.
func (g *generator) not(expression string) string {
	if g.blocks && strings.HasPrefix(expression, "{") {
		return "not (" + expression + ")"
	}
	return "not " + expression
}

// block is a body under `not`.
func (g *generator) block() string {
	outer, used := g.bound, g.used
	g.bound, g.used = append([]string{}, outer...), map[string]bool{}
	g.depth++
	lines := g.body(1 + g.IntN(2))
	if g.chance(50) {
		lines = append(g.loop(), lines...)
	}
	text := "not { " + inline(g.settle("", lines)) + " }"
	g.depth--
	g.leave(outer, used)
	return text
}

// everyNegated is an `every` that holds negations, or another.
func (g *generator) everyNegated() []string {
	domain := g.collection()
	outer, used := g.bound, g.used
	name := pick(g, "e", "x", "e2")
	g.bound, g.used = append(append([]string{}, outer...), name), map[string]bool{name: true}
	g.depth++
	body := []string{"not " + name + pick(g, ".name", ".size", "", ".tags[0]") + pick(g, "", " == ", " > ", " = ")}
	if strings.HasSuffix(body[0], " ") {
		body[0] += g.expression(0)
	}
	switch g.IntN(4) {
	case 0:
		body = append(body, g.not(g.closure(g.not(g.negated()))))
	case 1:
		body = append(body, "not count("+g.closure(name+" != "+g.expression(0))+") > 1")
	case 2:
		if g.depth < 3 {
			body = append(body, g.everyNegated()...)
		}
	}
	body = g.settle("", body)
	g.depth--
	g.leave(outer, used)
	lines := append([]string{fmt.Sprintf("every %s in %s {", name, domain)}, indent(body)...)
	return append(lines, "}")
}

// spelled is a number in one of its spellings. Whole ones with an exponent may be refused, which costs a program.
func (g *generator) spelled() string {
	if g.chance(1) {
		return pick(g, "1e2", "1e0", "1E2")
	}
	return pick(g, "1.0", "1", "100", "0.1", "1e-1", "0.10", "-0", "0", "0.0", "2.50", "100.0", "12345678901234567890", "3", "0.3")
}

// numeral is something about a number that may be spelled in another way. It is never printed within another value,
// where the two sides may spell it as they like.
func (g *generator) numeral() string {
	number := g.spelled
	return pick(g,
		func() string { return number() + pick(g, " == ", " != ", " < ", " >= ") + number() },
		func() string { return g.reference() + pick(g, " == ", " != ", " < ", " = ") + number() },
		func() string { return number() + " in [" + number() + ", " + number() + "]" },
		func() string { return "count({" + number() + ", " + number() + "}) == " + pick(g, "1", "2") },
		func() string {
			return "(" + number() + pick(g, " + ", " * ", " - ", " / ") + number() + ") == " + number()
		},
		func() string { return "[1, 2, 3][" + number() + "] == " + number() },
		func() string { return "{1: 2, 100: 3}[" + number() + "]" },
		func() string {
			return fmt.Sprintf(`sprintf("%s", [%s]) == "%s"`, pick(g, "%v", "%d", "%s", "%.2f", "%5d", "%f", "%x", "%03d", "%e"), number(), pick(g, "1", "1.0", "100", "1e2", "0.1", "0.10"))
		},
		func() string { return fmt.Sprintf(`to_number("%s") == %s`, number(), number()) },
		func() string { return fmt.Sprintf("format_int(%s, 10) == \"%s\"", number(), number()) },
	)()
}

// template is a template string.
func (g *generator) template() string {
	part := func() string {
		if g.chance(3) {
			return g.spelled()
		}
		return pick(g, g.variable, g.reference, g.reference, g.scalar, func() string { return g.call(0) }, func() string { return g.builtin(0) })()
	}
	quote := pick(g, `"`, `"`, "`")
	var text strings.Builder
	for range 1 + g.IntN(2) {
		text.WriteString(pick(g, "", "a", "m ", "%v", `\{`, " x"))
		text.WriteString("{" + part() + "}")
	}
	return "$" + quote + text.String() + pick(g, "", "b", " end") + quote
}
