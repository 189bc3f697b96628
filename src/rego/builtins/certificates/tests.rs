//! What OPA 1.22.2 answers to `crypto.x509.parse_certificates`.

use regorus::Value;

use super::super::Call;
use super::parsed;

/// Certificates, and OPA's answers; without one where this engine refuses.
const ROWS: &str = include_str!("../../../../fixtures/x509.json");

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
            answer => assert_eq!(found.as_ref(), Ok(answer), "{name}"),
        }
    }
}

#[test]
fn what_is_cut_off_or_changed_panics_nowhere() {
    let rows = Value::from_json_str(ROWS).unwrap();
    for row in rows.as_array().unwrap().iter() {
        let Value::String(text) = &row[&Value::from("certificates")] else { continue };
        let Ok(der) = super::pem::certificates(text) else { continue };
        for index in 0..der.len() {
            let mut changed = der.clone();
            changed[index] ^= 0x55;
            let _ = super::certificates_of(&changed);
            let _ = super::certificates_of(&der[..index]);
        }
    }
}
