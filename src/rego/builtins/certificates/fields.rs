//! What is read of a certificate, in the forms in which Go writes it as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regorus::Value;
use regorus::value::Object;

/// What is not read with certainty, in words.
pub(super) type Unsure = String;

/// The tag of a URI among general names (RFC 5280 §4.2.1.6).
pub(super) const URI: u8 = 0x86;

/// The fields of one certificate, by name. Go gives all, those without a value too.
#[derive(Default)]
pub(super) struct Fields(pub(super) Object);

impl Fields {
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(Value::from(name), value.into());
    }

    pub(super) fn set_bytes(&mut self, name: &str, bytes: &[u8]) {
        self.set(name, packed(bytes));
    }

    /// An empty list is `null`.
    pub(super) fn set_list(&mut self, name: &str, list: Vec<Value>) {
        self.set(name, list_of(list));
    }
}

/// Bytes as Go's JSON has them.
pub(super) fn packed(bytes: &[u8]) -> Value {
    Value::from(STANDARD.encode(bytes))
}

/// A list as Go's JSON has one that was never made if it is empty.
pub(super) fn list_of(list: Vec<Value>) -> Value {
    if list.is_empty() { Value::Null } else { Value::from(list) }
}

/// An object of these members.
pub(super) fn object<const COUNT: usize>(members: [(&str, Value); COUNT]) -> Value {
    let mut object = Object::default();
    for (name, value) in members {
        object.insert(Value::from(name), value);
    }
    object.into_value()
}
