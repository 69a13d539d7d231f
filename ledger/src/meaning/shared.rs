//! Values that many states share until one of them changes its own: a copy costs a count, not its content.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value shared by all copies, and read as if it stood there. It is written as the value alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shared<T>(Arc<T>);

impl<T: Clone> Shared<T> {
    /// The value to change: a content of one's own, if others share it.
    pub fn own(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Arc::new(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changes_a_shared_value_changes_it_alone() {
        let mut one: Shared<Vec<u8>> = serde_json::from_str("[1,2]").unwrap();
        let other = one.clone();
        one.own().push(3);
        assert_eq!((one.as_slice(), other.as_slice()), (&[1, 2, 3][..], &[1, 2][..]));
        assert_eq!(serde_json::to_string(&one).unwrap(), "[1,2,3]");
    }
}
