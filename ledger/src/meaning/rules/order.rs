//! Lists that have one spelling: in order, each item once.

/// The first item that stands there again.
pub(super) fn twice<T: PartialEq>(names: &[T]) -> Option<&T> {
    names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name)).map(|(_, name)| name)
}

/// Whether each item is above the one before.
pub(super) fn ascends<T: Ord>(names: &[T]) -> bool {
    names.iter().zip(names.iter().skip(1)).all(|(one, next)| one < next)
}
