//! Functions that policies may call besides the builtins of OPA. All begin with `ocigate.`, and none reads anything but its
//! arguments.

use crate::evidence::licence;
use crate::rego::{Builtin, Call, Function, Value, text_argument};

/// All of them; `docs/rego.md` says what each gives.
pub(super) static FUNCTIONS: [Builtin; 2] = [
    Builtin { name: "ocigate.licence.normal", arity: 1, function: Function::Plain(normal) },
    Builtin { name: "ocigate.licence.ways", arity: 1, function: Function::Plain(ways) },
];

/// One text for all expressions that say the same.
fn normal(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    Ok(licence::normal(text_argument(call, arguments, 0)?).into())
}

/// The ways to use what is under an expression, each with all licences that then hold; none for what is no expression.
fn ways(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let ways = licence::ways(text_argument(call, arguments, 0)?).into_iter();
    let ways = ways.map(|way| Value::from(way.into_iter().map(Value::from).collect::<Vec<_>>()));
    Ok(Value::from(ways.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The page lists what there is, so that nobody has to guess.
    #[test]
    fn the_page_lists_the_functions() {
        let page = include_str!("../../docs/rego.md");
        let part = page.split("\n## Functions of its own\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let rows = part.lines().filter_map(|line| line.strip_prefix("| `")?.split('(').next());
        let listed: BTreeSet<&str> = rows.collect();
        assert_eq!(listed, FUNCTIONS.iter().map(|function| function.name).collect());
    }
}
