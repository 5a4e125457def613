//! An audit trail as a file: CSV for spreadsheets, JSON Lines for programs and for whoever recomputes the hashes.

use std::str::FromStr;

use crate::audit::AuditEntry;
use crate::csv;
use crate::invalid::Invalid;

/// In what form a trail is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// RFC 4180, with a header line; a cell that a spreadsheet would take for a formula begins with an apostrophe.
    Csv,
    /// One JSON object per line.
    JsonLines,
}

/// The columns: the members of an entry, by their names.
const COLUMNS: [&str; 12] = [
    "seq", "at", "event", "subject", "user", "actor", "channel", "detail", "id", "trail", "previous", "hash",
];

impl AuditFormat {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=UTF-8",
            Self::JsonLines => "application/jsonl;charset=UTF-8",
        }
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// What comes before the first entry.
    pub fn begin(self) -> String {
        match self {
            Self::Csv => csv::row(COLUMNS),
            Self::JsonLines => String::new(),
        }
    }

    /// An entry, with its line break.
    pub fn line(self, entry: &AuditEntry) -> String {
        match self {
            Self::Csv => row(entry),
            // Texts, numbers and nulls: there is always JSON for them.
            Self::JsonLines => {
                let mut line = serde_json::to_string(&entry.told()).unwrap_or_default();
                line.push('\n');
                line
            }
        }
    }
}

impl FromStr for AuditFormat {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "csv" => Ok(Self::Csv),
            "jsonl" => Ok(Self::JsonLines),
            _ => Err(Invalid::new("format", "is not one of csv, jsonl")),
        }
    }
}

fn row(entry: &AuditEntry) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        entry.seq.to_string(),
        entry.at.rfc3339(),
        entry.event.name().to_owned(),
        entry.subject.clone(),
        text(&entry.user),
        entry.actor.map(|actor| actor.to_string()).unwrap_or_default(),
        entry.channel.map(|channel| channel.name().to_owned()).unwrap_or_default(),
        text(&entry.detail),
        entry.id.clone(),
        entry.trail.to_string(),
        entry.previous.clone(),
        entry.hash.clone(),
    ];
    csv::row(cells.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{app_space_id, audit_entry, challenge_id, device_id};

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let entry = AuditEntry { detail: Some("=1,2".into()), ..audit_entry() };
        let (header, line) = (AuditFormat::Csv.begin(), AuditFormat::Csv.line(&entry));
        assert_eq!(header, "seq,at,event,subject,user,actor,channel,detail,id,trail,previous,hash\r\n");
        let (subject, actor, app_space) = (challenge_id(1), device_id(1), app_space_id());
        let expected = format!(
            "1,1970-01-01T00:00:00.001Z,challenge.created,{subject},,device:{actor},push,\"'=1,2\",evt_1,\
             app_space:{app_space},begin,hash\r\n"
        );
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_is_the_entry_as_it_is_told() {
        let entry = AuditEntry { detail: Some("two\nlines".into()), ..audit_entry() };
        assert_eq!(AuditFormat::JsonLines.begin(), "");
        let line = AuditFormat::JsonLines.line(&entry);
        assert_eq!(line.matches('\n').count(), 1);
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, serde_json::to_value(entry.told()).unwrap());
    }

    #[test]
    fn a_format_is_known_by_its_extension() {
        for format in [AuditFormat::Csv, AuditFormat::JsonLines] {
            assert_eq!(format.extension().parse(), Ok(format));
        }
        assert_eq!("xml".parse::<AuditFormat>().unwrap_err().field, "format");
    }
}
