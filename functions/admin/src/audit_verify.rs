//! `GET …/audit/chain`: whether an audit trail is whole and unaltered, a part at a time.

use std::fmt;
use std::str::FromStr;

use countersign_crypto::audit_chain::{Broken, Chain};
use countersign_domain::act::Trail;
use countersign_domain::invalid::Invalid;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Cursor;
use serde::{Deserialize, Serialize};

use crate::audited;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    app_space: Option<String>,
    cursor: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Verified {
    /// The first entry that was checked.
    from: u64,
    /// The last one that was good; before `from` if there was none.
    to: u64,
    checked: u64,
    valid: bool,
    /// Whether the newest entry was reached, and is the one that was noted as such.
    complete: bool,
    broken: Option<BrokenView>,
    /// The hash of the last good entry: whoever keeps it can tell later that nothing before was changed.
    hash: String,
    next: Option<String>,
}

#[derive(Serialize)]
struct BrokenView {
    seq: u64,
    problem: String,
}

/// Entries that one call checks, about: of some 500 bytes each, read within a second.
const ENTRIES_MAX: usize = 2_000;

/// Where a verification goes on: behind an entry that was verified. A caller who makes one up deceives nobody else.
struct Verifying {
    seq: u64,
    hash: String,
    behind: Cursor,
}

impl fmt::Display for Verifying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.seq, self.hash, self.behind)
    }
}

impl FromStr for Verifying {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("cursor", "is not one that this list gave");
        let mut parts = text.splitn(3, '.');
        let (Some(seq), Some(hash), Some(behind)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let seq = seq.parse().map_err(|_| malformed())?;
        Ok(Self { seq, hash: hash.to_owned(), behind: behind.parse()? })
    }
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Verified>, Refusal> {
    let query = &call.body;
    let cursor: Option<Verifying> = query.cursor.as_deref().map(str::parse).transpose()?;
    let trail = audited::trail(app, &call, query.app_space.as_deref()).await?;
    let (chain, behind) = begin(trail, cursor);
    let before = chain.seq();
    let checked = app.store.verify_audit(chain, behind, ENTRIES_MAX, app.now()).await?;
    let chain = checked.chain;
    let verifying = |behind| Verifying { seq: chain.seq(), hash: chain.hash().to_owned(), behind };
    let next = checked.next.map(|behind| verifying(behind).to_string());
    Ok(Reply::ok(Verified {
        from: before + 1,
        to: chain.seq(),
        checked: chain.seq() - before,
        valid: checked.broken.is_none(),
        complete: checked.broken.is_none() && next.is_none(),
        broken: checked.broken.map(|broken| BrokenView { seq: seq(&broken), problem: broken.to_string() }),
        hash: chain.hash().to_owned(),
        next,
    }))
}

fn begin(trail: Trail, cursor: Option<Verifying>) -> (Chain, Option<Cursor>) {
    match cursor {
        None => (Chain::new(trail), None),
        Some(Verifying { seq, hash, behind }) => (Chain::after(trail, seq, hash), Some(behind)),
    }
}

fn seq(broken: &Broken) -> u64 {
    match broken {
        Broken::Missing { seq }
        | Broken::OutOfOrder { seq, .. }
        | Broken::Altered { seq, .. }
        | Broken::Unchained { seq, .. }
        | Broken::OtherEnd { seq } => *seq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_is_written() {
        let text = "5000.aGFzaA.MjAyNg";
        let cursor: Verifying = text.parse().unwrap();
        assert_eq!((cursor.seq, cursor.hash.as_str(), cursor.to_string().as_str()), (5000, "aGFzaA", text));
        for text in ["", "1", "1.a", "x.a.MjAyNg", "-1.a.MjAyNg", "1.a.="] {
            assert_eq!(text.parse::<Verifying>().err().unwrap().field, "cursor", "{text}");
        }
    }
}
