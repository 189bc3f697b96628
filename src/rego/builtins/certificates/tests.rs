//! What OPA 1.22.2 answers to `crypto.x509.parse_certificates`.

use regorus::Value;
use regorus::value::Object;

use super::super::Call;
use super::parsed;

/// Certificates, and OPA's answers; without one where this engine refuses. `{"big": "1…"}` is a number of many digits.
const ROWS: &str = include_str!("../../../../tests/material/x509/certificates.json");

fn with_numbers(value: &Value) -> Value {
    match value {
        Value::Object(members) => match &value[&Value::from("big")] {
            Value::String(digits) => Value::from_numeric_string(digits).unwrap(),
            _ => {
                let mut object = Object::default();
                members.iter_sorted().for_each(|(name, member)| {
                    object.insert(name.clone(), with_numbers(member));
                });
                object.into_value()
            }
        },
        Value::Array(items) => Value::from(items.iter().map(with_numbers).collect::<Vec<_>>()),
        other => other.clone(),
    }
}

#[test]
fn certificates_are_parsed_as_by_opa() {
    let rows = Value::from_json_str(ROWS).unwrap();
    for row in rows.as_array().unwrap().iter() {
        let call = Call::new("crypto.x509.parse_certificates", 0);
        let found = parsed(&call, &[row[&Value::from("certificates")].clone()]);
        let name = &row[&Value::from("name")];
        match &row[&Value::from("answer")] {
            Value::Undefined => assert!(found.is_err() && call.is_beyond(), "{name}: {found:?}"),
            Value::Null => assert!(found.is_err(), "{name}: {found:?}"),
            answer => assert_eq!(found, Ok(with_numbers(answer)), "{name}"),
        }
    }
}

#[test]
fn what_is_cut_off_or_changed_panics_nowhere() {
    let rows = Value::from_json_str(ROWS).unwrap();
    for row in rows.as_array().unwrap().iter() {
        let Value::String(text) = &row[&Value::from("certificates")] else { continue };
        let Ok(der) = super::pem::certificates(text) else { continue };
        for index in (0..der.len()).step_by(7) {
            let mut changed = der.clone();
            changed[index] ^= 0x55;
            let _ = super::certificates_of(&changed);
            let _ = super::certificates_of(&der[..index]);
        }
    }
}
