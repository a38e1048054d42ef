//! That no page of a list reads or sorts the whole table.

use connect_src_report::Class;
use rusqlite::Connection;

use super::reports::{CONNECTION_COLUMNS, GROUP_COLUMNS, connections_of, groups_of};
use super::rollouts::{NEWEST, of_route};
use super::schema;
use super::select::{Filter, Order, plan};
use crate::rollout::RouteKey;
use crate::store::query::{
    ConnectionQuery, ConnectionSort, Cursor, GroupQuery, GroupSort, SortKey,
};

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection).unwrap();
    connection
}

fn somewhere(order: Order) -> Cursor {
    let key = if order.is_text {
        SortKey::Text("m".to_owned())
    } else {
        SortKey::Number(5)
    };
    Cursor { key, id: 7 }
}

/// An index leads, from the cursor on, in the order of the list.
fn is_direct(
    connection: &Connection,
    table: &str,
    columns: &str,
    of: &dyn Fn() -> (Filter, Order),
) {
    let (_, order) = of();
    for cursor in [None, Some(somewhere(order))] {
        let steps = plan(connection, table, columns, of().0, order, cursor.as_ref());
        let whole = |step: &String| {
            step.contains("TEMP B-TREE")
                || (step.starts_with("SCAN")
                    && !step.contains("USING")
                    && !step.contains("CONSTANT"))
        };
        // The order of the row numbers is that of the table itself.
        let is_by_id = order.column == "id";
        assert!(
            is_by_id || !steps.iter().any(whole),
            "{table} by {}: {steps:?}",
            order.column
        );
        if cursor.is_some() {
            assert!(
                steps[0].starts_with("SEARCH"),
                "{table} by {}: {steps:?}",
                order.column
            );
        }
    }
}

const GROUP_SORTS: [GroupSort; 4] = [
    GroupSort::Count,
    GroupSort::LastSeen,
    GroupSort::FirstSeen,
    GroupSort::Blocked,
];
const CONNECTION_SORTS: [ConnectionSort; 6] = [
    ConnectionSort::Count,
    ConnectionSort::LastSeen,
    ConnectionSort::FirstSeen,
    ConnectionSort::Url,
    ConnectionSort::Host,
    ConnectionSort::Pages,
];

#[test]
fn a_page_of_groups_follows_an_index() {
    let connection = database();
    for sort in GROUP_SORTS {
        for site in [None, Some("a.example".to_owned())] {
            for classes in [vec![], vec![Class::Genuine]] {
                let query = GroupQuery {
                    site: site.clone(),
                    route: site.as_ref().map(|_| "/".to_owned()),
                    classes,
                    sort,
                    ..GroupQuery::default()
                };
                is_direct(&connection, "groups", GROUP_COLUMNS, &|| groups_of(&query));
            }
        }
    }
}

#[test]
fn a_page_of_connections_follows_an_index() {
    let connection = database();
    for sort in CONNECTION_SORTS {
        for site in [None, Some("a.example".to_owned())] {
            let query = ConnectionQuery {
                route: site.as_ref().map(|_| "/".to_owned()),
                site,
                classes: vec![Class::Genuine, Class::StalePolicy],
                contains: Some("x".to_owned()),
                browser: Some("Firefox".to_owned()),
                sort,
                ..ConnectionQuery::default()
            };
            let of = || connections_of(&query);
            is_direct(&connection, "connections", CONNECTION_COLUMNS, &of);
        }
    }
}

#[test]
fn a_page_of_edits_steps_and_lines_follows_an_index() {
    let connection = database();
    let key = RouteKey::new("a.example", "/");
    for table in ["draft_edits", "transitions", "revisions"] {
        is_direct(&connection, table, "*", &|| (of_route(Some(&key)), NEWEST));
    }
    for column in ["target", "action"] {
        let filter = || Filter::default().and(&format!("{column} = ?"), Some("x".to_owned()));
        is_direct(&connection, "audit", "*", &|| (filter(), NEWEST));
    }
    is_direct(&connection, "audit", "*", &|| (Filter::default(), NEWEST));
}
