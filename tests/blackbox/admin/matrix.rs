//! Every operation × every role × own and foreign places: who may do what, as `countersign_domain::role::PERMISSIONS` says.
//!
//! An operation that is allowed may still find nothing to do: what counts is that it is not refused for who calls.

mod cells;
mod rows;

use std::collections::BTreeSet;

use countersign_domain::role::{PERMISSIONS, Role};

use self::cells::{Caller, Place, expected};
use self::rows::{Demand, ROWS, Row};
use crate::world::World;

#[test]
fn every_operation_has_a_row() {
    let operations: BTreeSet<_> =
        countersign_admin::OPERATIONS.iter().map(|operation| operation.name).collect();
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.operation).collect();
    assert_eq!(rows, operations);
}

#[test]
fn a_row_is_of_a_company_or_of_an_app_space_as_its_route_is() {
    for row in ROWS {
        let operation =
            countersign_admin::OPERATIONS.iter().find(|operation| operation.name == row.operation).unwrap();
        let path = row.template();
        let within = path.contains("{appSpace}");
        assert_eq!(path.contains("{company}"), operation.path.contains("{company}"), "{path}");
        let known = match row.demand {
            Demand::Nobody | Demand::Session | Demand::Key => !path.contains("{company}"),
            Demand::InCompany(_) | Demand::AnyRole | Demand::Manager => !within,
            Demand::InAppSpace(_) => within,
        };
        assert!(known, "{}", row.operation);
    }
}

/// docs/administration.md has the table of permissions.
#[test]
fn the_documentation_has_the_table_of_permissions() {
    let text = include_str!("../../../docs/administration.md");
    let (_, roles) = text.split_once("\n## Roles\n").unwrap();
    let (roles, _) = roles.split_once("\n## ").unwrap();
    let documented: Vec<_> = roles.lines().filter(|line| line.starts_with("| `")).collect();
    let yes = |roles: &[Role], role| if roles.contains(role) { "yes " } else { "" };
    let known: Vec<_> = PERMISSIONS
        .iter()
        .map(|(permission, roles)| {
            let cells = Role::ALL.iter().map(|role| format!(" {}|", yes(roles, role)));
            format!("| `{permission}` |{}", cells.collect::<String>())
        })
        .collect();
    assert_eq!(documented, known);
    let titles = Role::ALL.map(Role::title).join(" | ");
    assert!(text.contains(&format!("| permission | {titles} |")));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_does_what_it_may_where_it_may_and_nothing_else() {
    let world = World::new().await;
    let scene = cells::Scene::new(&world).await;
    let mut wrong = Vec::new();
    for row in ROWS {
        for caller in Caller::ALL {
            for place in places(row) {
                let answer = scene.call(row, *caller, *place).await;
                let expected = expected(row, *caller, *place);
                if !expected.holds(&answer) {
                    wrong.push(format!(
                        "{} by {caller:?} in {place:?}: {} {}, not {expected:?}",
                        row.operation, answer.status, answer.body
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where a row can be tried.
fn places(row: &Row) -> &'static [Place] {
    match row.demand {
        Demand::Nobody | Demand::Session | Demand::Key => &[Place::Own],
        Demand::InCompany(_) | Demand::AnyRole | Demand::Manager => &[Place::Own, Place::ForeignCompany],
        Demand::InAppSpace(_) => &[Place::Own, Place::ForeignAppSpace, Place::ForeignCompany],
    }
}
