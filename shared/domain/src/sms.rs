//! A code that goes to a user by SMS.

use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;
use crate::sms_text::SmsText;

/// Where a code goes, and in which words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sms {
    /// To whom.
    pub phone: PhoneNumber,
    /// The text, with a place for the code.
    pub text: SmsText,
}
