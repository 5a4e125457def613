use countersign_domain::event::EventKind;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::{Span, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

fn trail() -> Trail {
    let id: AppSpaceId = "01900000-0000-8000-8000-000000000001".parse().unwrap();
    Trail::AppSpace(id)
}

/// A trail of `count` entries with its head.
fn entries(count: usize) -> (Vec<AuditEntry>, Option<AuditHead>) {
    let (mut entries, mut head) = (Vec::new(), None);
    for number in 0..count {
        let happened = Happened {
            id: format!("evt_{number}"),
            trail: trail(),
            at: Timestamp::from_millis(0) + Span::secs(number as i64 / 2),
            event: EventKind::ChallengeCreated,
            subject: "subject".into(),
            user: Some("user".into()),
            actor: None,
            channel: None,
            detail: None,
        };
        let entry = append(&happened, head.as_ref()).unwrap();
        head = Some(AuditHead::of(&entry));
        entries.push(entry);
    }
    (entries, head)
}

fn verify(entries: &[AuditEntry], head: Option<&AuditHead>) -> Result<(), Broken> {
    let mut chain = Chain::new(trail());
    entries.iter().try_for_each(|entry| chain.take(entry))?;
    chain.end(head)
}

/// The recipe of docs/audit-trail.md, with the numbers that stand there.
#[test]
fn the_hash_is_what_the_documentation_says() {
    assert_eq!(beginning(trail()), "OvQAgQGUgu6X-h1Icx9E240q7RJK99Lj-Xd9iqRxi70");
    let (entries, _) = entries(1);
    let line = "{\"actor\":null,\"at\":\"1970-01-01T00:00:00.000Z\",\"channel\":null,\"detail\":null,\
                \"event\":\"challenge.created\",\"id\":\"evt_0\",\"previous\":\"OvQAgQGUgu6X-h1Icx9E240q7RJK99Lj-Xd9iqRxi70\",\
                \"seq\":1,\"subject\":\"subject\",\"trail\":\"app_space:01900000-0000-8000-8000-000000000001\",\
                \"user\":\"user\"}";
    assert_eq!(canonical_json(&entries[0].hashed()).unwrap(), line);
    assert_eq!(entries[0].hash, Digest::of(line.as_bytes()).to_string());
}

#[test]
fn a_trail_is_good_as_it_was_written() {
    for count in [0, 1, 7] {
        let (entries, head) = entries(count);
        assert_eq!(verify(&entries, head.as_ref()), Ok(()));
    }
}

#[test]
fn one_may_go_on_where_one_stopped() {
    let (entries, head) = entries(5);
    let known = &entries[2];
    let mut chain = Chain::after(trail(), known.seq, known.hash.clone());
    entries[3..].iter().try_for_each(|entry| chain.take(entry)).unwrap();
    assert_eq!(chain.end(head.as_ref()), Ok(()));
    assert_eq!(chain.seq(), 5);
}

#[test]
fn the_first_bad_entry_is_named() {
    let (good, head) = entries(5);
    let but = |change: &dyn Fn(&mut Vec<AuditEntry>)| {
        let mut bad = good.clone();
        change(&mut bad);
        verify(&bad, head.as_ref())
    };
    let id = |number: u64| format!("evt_{}", number - 1);
    assert_eq!(but(&|bad| drop(bad.remove(1))), Err(Broken::Missing { seq: 2 }));
    assert_eq!(but(&|bad| drop(bad.pop())), Err(Broken::Missing { seq: 5 }));
    assert_eq!(but(&|bad| bad.clear()), Err(Broken::Missing { seq: 1 }));
    assert_eq!(but(&|bad| bad.swap(1, 2)), Err(Broken::Missing { seq: 2 }));
    let again = but(&|bad| bad.insert(2, bad[1].clone()));
    assert_eq!(again, Err(Broken::OutOfOrder { seq: 2, id: id(2) }));
    assert_eq!(but(&|bad| bad[3].detail = Some("x".into())), Err(Broken::Altered { seq: 4, id: id(4) }));
    let rewritten = but(&|bad| {
        bad[3].detail = Some("x".into());
        bad[3].hash = hash(&bad[3]).unwrap();
    });
    assert_eq!(rewritten, Err(Broken::Unchained { seq: 5, id: id(5) }));
    let last = but(&|bad| {
        bad[4].detail = Some("x".into());
        bad[4].hash = hash(&bad[4]).unwrap();
    });
    assert_eq!(last, Err(Broken::OtherEnd { seq: 5 }));
    let added = but(&|bad| {
        let happened = Happened {
            id: "evt_9".into(),
            trail: trail(),
            at: Timestamp::from_secs(9),
            event: EventKind::UserRevoked,
            subject: "subject".into(),
            user: None,
            actor: None,
            channel: None,
            detail: None,
        };
        bad.push(append(&happened, head.as_ref()).unwrap());
    });
    assert_eq!(added, Err(Broken::OtherEnd { seq: 6 }));
    let company: countersign_domain::id::CompanyId = "01900000-0000-7000-8000-000000000001".parse().unwrap();
    let foreign = but(&|bad| bad[0].trail = Trail::Company(company));
    assert_eq!(foreign, Err(Broken::Altered { seq: 1, id: id(1) }));
}

/// What somebody may do to one member of an entry.
fn alter(entry: &mut AuditEntry, member: usize) {
    match member {
        0 => entry.id.push('x'),
        1 => entry.seq += 1,
        2 => entry.at = entry.at + Span::millis(1),
        3 => entry.event = EventKind::ChallengeAnswered,
        4 => entry.subject.push('x'),
        5 => entry.user = None,
        6 => entry.actor = Some(countersign_domain::actor::Actor::Operator),
        7 => entry.channel = Some(countersign_domain::channel::Channel::Sms),
        8 => entry.detail = Some(String::new()),
        9 => entry.previous = beginning(entry.trail).replace('A', "B") + "x",
        _ => entry.hash.push('x'),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_entry_that_is_altered_dropped_swapped_or_added_is_found(
        count in 2..12_usize, one in any::<Index>(), other in any::<Index>(), how in 0..4_u8, member in 0..11_usize,
        rehash in any::<bool>()
    ) {
        let (mut entries, head) = entries(count);
        let (one, other) = (one.index(count), other.index(count));
        match how {
            0 => {
                alter(&mut entries[one], member);
                // Whoever alters an entry may well know how to hash it.
                if rehash {
                    entries[one].hash = hash(&entries[one]).unwrap();
                }
                prop_assume!(member != 10 || !rehash);
            }
            1 => drop(entries.remove(one)),
            2 => {
                prop_assume!(one != other);
                entries.swap(one, other);
            }
            _ => {
                let added = entries[other].clone();
                entries.insert(one, added);
            }
        }
        prop_assert!(verify(&entries, head.as_ref()).is_err());
    }
}
