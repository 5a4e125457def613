//! What both kinds of tampering are made of: a change per stage of an answer.

/// A change of what a stage works on, if there is to be one.
pub(crate) type Change<T> = Option<Box<dyn Fn(&mut T) + Send + Sync>>;

/// For each stage of `Tamper`: how a test sets its change, and how the answer is made with it.
macro_rules! stages {
    ($($(#[$doc:meta])* $name:ident, $change:ident: $of:ty;)*) => {
        impl Tamper {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, change: impl Fn(&mut $of) + Send + Sync + 'static) -> Self {
                    self.$name = Some(Box::new(change));
                    self
                }

                pub(crate) fn $change(&self, value: &mut $of) {
                    if let Some(change) = &self.$name {
                        change(value);
                    }
                }
            )*
        }
    };
}

pub(crate) use stages;
