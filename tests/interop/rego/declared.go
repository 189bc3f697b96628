// What is declared with `some` or `every` and never used again is refused by OPA: a body says something of it,
// or does not declare it.
package main

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	someLine   = regexp.MustCompile(`^some (.*?)( in .*)?$`)
	assignment = regexp.MustCompile(`^(\w+|\[[^\]]*\]|\{[^}]*\}) := `)
	word       = regexp.MustCompile(`\b[a-z][a-z0-9]*\b`)
	quoted     = regexp.MustCompile(`(\$?)"(?:[^"\\]|\\.)*"`)
	usedWord   = regexp.MustCompile(`(?:^|[^.\w])([a-z][a-z0-9]*)\b`)
)

// settle makes use of what the lines of one scope declare; head is what else is in that scope.
func (g *generator) settle(head string, lines []string) []string {
	for index := 0; index < len(lines); index++ {
		parts := someLine.FindStringSubmatch(lines[index])
		if parts == nil {
			continue
		}
		rest := append([]string{head}, lines[:index]...)
		rest = append(rest, lines[index+1:]...)
		// Each name in turn; the line changes meanwhile.
		for _, name := range word.FindAllString(quoted.ReplaceAllString(parts[1], ""), -1) {
			if mentions(rest, name) {
				continue
			}
			if parts[2] != "" && g.chance(30) {
				declared := regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(parts[1], "_")
				lines[index] = "some " + declared + parts[2]
				parts[1] = declared
				continue
			}
			lines = append(lines, g.use(name))
			rest = append(rest, lines[len(lines)-1])
		}
	}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "some _" })
}

// declaredFirst tells if no line mentions what a line below it declares.
func declaredFirst(lines []string) bool {
	for index, line := range lines {
		declared := ""
		if parts := someLine.FindStringSubmatch(line); parts != nil {
			declared = parts[1]
		} else if parts := assignment.FindStringSubmatch(line); parts != nil {
			declared = parts[1]
		}
		for _, name := range word.FindAllString(quoted.ReplaceAllString(declared, ""), -1) {
			if mentions(lines[:index], name) {
				return false
			}
		}
	}
	return true
}

// use is a statement about a variable that holds more often than not.
func (g *generator) use(name string) string {
	switch g.IntN(8) {
	case 0:
		return name + " != " + g.scalar()
	case 1:
		return "not " + name + " == " + g.scalar()
	case 2:
		return "not " + name + pick(g, ".missing", ".tags", ".ok", " in [1, \"a\"]")
	case 3:
		return name + pick(g, "", ".name", ".size > 0", " > 0", "[_]")
	case 4:
		form := pick(g, "print(%s)", `type_name(%s) != "null"`, "count([%s]) == 1", "is_object(%s)", "is_string(%s)")
		return fmt.Sprintf(form, name)
	default:
		return fmt.Sprintf("%s %s %s", name, pick(g, "!=", ">=", "!="), g.expression(0))
	}
}

func mentions(lines []string, name string) bool {
	for _, line := range lines {
		// Template strings stay: they mention variables.
		plain := quoted.ReplaceAllStringFunc(line, func(text string) string {
			if text[0] == '$' {
				return text
			}
			return `""`
		})
		for _, match := range usedWord.FindAllStringSubmatch(plain, -1) {
			if match[1] == name {
				return true
			}
		}
	}
	return false
}
